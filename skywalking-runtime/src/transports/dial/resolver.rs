//! Resolves names on one thread of the process, which all agents share.
//!
//! A look-up of the operating system cannot be interrupted. One that hangs keeps the thread until
//! the operating system gives up, and look-ups of other names wait for it. So hanging look-ups
//! cost one thread, however often agents restart. Callers for the same name share a look-up. A
//! result for which no caller waits any more is kept for the next caller, so a slow look-up is not
//! repeated for each try to connect. The thread ends when there is no work.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::sys::{self, PerProcess};
use crate::util::catch_panic::catch_panic;

/// The most names that wait or are looked up. Also the most results that are kept.
const NAMES: usize = 64;
/// How long a kept result is valid.
const FRESH: Duration = Duration::from_secs(30);
/// How many addresses of a name are kept.
const ADDRESSES: usize = 256;

/// The addresses in the order of the operating system, or an error message.
type Answer = Result<Vec<SocketAddr>, String>;

#[derive(Debug, Default)]
struct LookUps {
    /// The waiting callers by name, including those of the running look-up.
    callers: HashMap<String, Vec<oneshot::Sender<Answer>>>,
    /// The names that are not looked up yet.
    queue: VecDeque<String>,
    /// The results for which no caller waited, by name.
    kept: HashMap<String, (Instant, Vec<SocketAddr>)>,
    has_thread: bool,
}

fn look_ups() -> MutexGuard<'static, LookUps> {
    static LOOK_UPS: PerProcess<Mutex<LookUps>> = PerProcess::new(Mutex::default);
    LOOK_UPS.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Resolves a name. The addresses have port 0.
pub(super) async fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    let receiver = match ask(name)? {
        Asked::Known(addresses) => return Ok(addresses),
        Asked::Waiting(receiver) => receiver,
    };
    let answer =
        receiver.await.map_err(|_| io::Error::other("the look-up ended without a result"))?;
    answer.map_err(io::Error::other)
}

enum Asked {
    Known(Vec<SocketAddr>),
    Waiting(oneshot::Receiver<Answer>),
}

fn ask(name: &str) -> io::Result<Asked> {
    look_ups().ask(name, || sys::spawn("skywalking-lookup", run))
}

impl LookUps {
    /// Returns a kept result, joins the look-up of this name, or queues a new one.
    fn ask(&mut self, name: &str, start: impl FnOnce() -> io::Result<()>) -> io::Result<Asked> {
        self.kept.retain(|_, (at, _)| at.elapsed() < FRESH);
        if let Some((_, addresses)) = self.kept.remove(name) {
            return Ok(Asked::Known(addresses));
        }
        self.forget_abandoned();
        let (sender, receiver) = oneshot::channel();
        if let Some(callers) = self.callers.get_mut(name) {
            callers.retain(|caller| !caller.is_closed());
            callers.push(sender);
        } else if self.callers.len() >= NAMES {
            return Err(io::Error::other(format!(
                "{NAMES} look-ups of other names have not ended"
            )));
        } else {
            self.callers.insert(name.to_owned(), vec![sender]);
            self.queue.push_back(name.to_owned());
        }
        if !self.has_thread {
            // If this fails, the next caller tries again.
            start()?;
            self.has_thread = true;
        }
        Ok(Asked::Waiting(receiver))
    }

    /// Returns the next name to look up, or marks the thread as ended.
    fn next(&mut self) -> Option<String> {
        self.forget_abandoned();
        let name = self.queue.pop_front();
        self.has_thread = name.is_some();
        name
    }

    /// Removes queued names for which no caller waits.
    fn forget_abandoned(&mut self) {
        let Self { callers, queue, .. } = self;
        queue.retain(|name| {
            let is_wanted =
                callers.get(name).is_some_and(|all| all.iter().any(|caller| !caller.is_closed()));
            if !is_wanted {
                callers.remove(name);
            }
            is_wanted
        });
    }

    /// Passes the result to the callers that wait, or keeps it for the next one.
    fn finish(&mut self, name: &str, answer: &Answer) {
        let callers = self.callers.remove(name).unwrap_or_default();
        let given = callers.into_iter().filter_map(|caller| caller.send(answer.clone()).ok());
        if let (0, Ok(addresses)) = (given.count(), answer)
            && self.kept.len() < NAMES
        {
            self.kept.insert(name.to_owned(), (Instant::now(), addresses.clone()));
        }
    }
}

/// Looks up one name after the other, until there is none.
fn run() {
    loop {
        // A separate statement, so that the lock is not held during the look-up.
        let next = look_ups().next();
        let Some(name) = next else { return };
        let answer = catch_panic(|| resolve(&name))
            .unwrap_or_else(|| Err("the look-up panicked".to_owned()));
        look_ups().finish(&name, &answer);
    }
}

fn resolve(name: &str) -> Answer {
    match (name, 0).to_socket_addrs() {
        Ok(addresses) => Ok(addresses.take(ADDRESSES).collect()),
        Err(error) => Err(error.to_string()),
    }
}

/// Makes this the result of the next look-up of a name.
#[cfg(all(test, feature = "report-grpc", feature = "report-http"))]
pub(super) fn resolve_next(name: &str, addresses: Vec<SocketAddr>) {
    look_ups().kept.insert(name.to_owned(), (Instant::now(), addresses));
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: [u8; 4] = [192, 0, 2, 1];

    fn addresses() -> Vec<SocketAddr> {
        vec![SocketAddr::from((ADDRESS, 0))]
    }

    fn wait(look_ups: &mut LookUps, name: &str) -> oneshot::Receiver<Answer> {
        match look_ups.ask(name, || Ok(())) {
            Ok(Asked::Waiting(receiver)) => receiver,
            _ => panic!("{name} has a result"),
        }
    }

    #[test]
    fn callers_of_a_name_share_its_look_up() {
        let look_ups = &mut LookUps::default();
        let mut first = wait(look_ups, "a");
        assert_eq!(look_ups.next().as_deref(), Some("a"));
        let (mut second, mut third) = (wait(look_ups, "a"), wait(look_ups, "b"));
        assert_eq!(look_ups.queue, ["b"], "it waits for the running look-up");
        look_ups.finish("a", &Ok(addresses()));
        for receiver in [&mut first, &mut second] {
            assert_eq!(receiver.try_recv(), Ok(Ok(addresses())));
        }
        assert!(third.try_recv().is_err() && look_ups.kept.is_empty());
        assert_eq!((look_ups.next().as_deref(), look_ups.has_thread), (Some("b"), true));
        look_ups.finish("b", &Err("no such name".to_owned()));
        assert_eq!(third.try_recv(), Ok(Err("no such name".to_owned())));
        assert_eq!((look_ups.next(), look_ups.has_thread), (None, false));
    }

    #[test]
    fn abandoned_names_are_not_looked_up() {
        let look_ups = &mut LookUps::default();
        for round in 0..10 * NAMES {
            drop(wait(look_ups, &format!("{round}.test")));
        }
        let last = wait(look_ups, "last.test");
        assert_eq!((look_ups.callers.len(), look_ups.queue.len()), (1, 1));
        assert_eq!(look_ups.next().as_deref(), Some("last.test"));
        drop(last);
        assert_eq!(look_ups.next(), None);
    }

    #[test]
    fn late_result_is_kept_for_one_caller() {
        let look_ups = &mut LookUps::default();
        drop(wait(look_ups, "late"));
        look_ups.finish("late", &Ok(addresses()));
        assert!(
            matches!(look_ups.ask("late", || Ok(())), Ok(Asked::Known(known)) if known == addresses())
        );
        drop(wait(look_ups, "late"));
        look_ups.finish("late", &Err("no such name".to_owned()));
        assert!(look_ups.kept.is_empty(), "a failure is not kept");
    }

    #[test]
    fn number_of_names_is_bounded() {
        let look_ups = &mut LookUps::default();
        let _waiting: Vec<_> =
            (0..NAMES).map(|name| wait(look_ups, &format!("{name}.test"))).collect();
        let error = look_ups.ask("one.more", || Ok(())).err().expect("too many");
        assert_eq!(error.to_string(), "64 look-ups of other names have not ended");
    }

    #[test]
    fn thread_that_cannot_start_is_tried_again() {
        let look_ups = &mut LookUps::default();
        let refused = look_ups.ask("a", || Err(io::Error::other("no thread")));
        assert!(refused.is_err() && !look_ups.has_thread);
        let _waiting = wait(look_ups, "a");
        assert!(look_ups.has_thread);
        assert_eq!(look_ups.next().as_deref(), Some("a"));
    }

    #[tokio::test]
    async fn localhost_is_resolved() {
        let found = look_up("localhost").await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|address| address.ip().is_loopback()));
    }
}
