//! Resolves the names of backends on a bounded number of the agent's threads, also if lookups hang
//! and agents restart often.
//!
//! A lookup cannot be interrupted. One that hangs keeps its thread until the operating system gives
//! up. Other callers for the same name wait for the same lookup. A result that arrives too late is
//! kept for the next caller, so a slow lookup is not repeated for each try to connect.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::sys::{self, PerProcess};

/// The most concurrent lookups in the process. Also the most late answers that are kept.
const MOST: usize = 4;
/// How long a late answer is valid.
const FRESH: Duration = Duration::from_secs(30);

/// The addresses with port 0, or an error message.
type Answer = Result<Vec<SocketAddr>, String>;

#[derive(Debug, Default)]
struct Lookups {
    /// The waiting callers by name.
    under_way: HashMap<String, Vec<oneshot::Sender<Answer>>>,
    /// Answers for which no caller waited, by name.
    late: HashMap<String, (Instant, Vec<SocketAddr>)>,
}

fn lookups() -> MutexGuard<'static, Lookups> {
    static LOOKUPS: PerProcess<Mutex<Lookups>> = PerProcess::new(Mutex::default);
    LOOKUPS.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Resolves a name.
pub(crate) async fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    let receiver = match ask(name)? {
        Asked::Known(addresses) => return Ok(addresses),
        Asked::Waiting(receiver) => receiver,
    };
    let answer =
        receiver.await.map_err(|_| io::Error::other("the lookup ended without an answer"))?;
    answer.map_err(io::Error::other)
}

enum Asked {
    Known(Vec<SocketAddr>),
    Waiting(oneshot::Receiver<Answer>),
}

fn ask(name: &str) -> io::Result<Asked> {
    let mut lookups = lookups();
    lookups.late.retain(|_, (at, _)| at.elapsed() < FRESH);
    if let Some((_, addresses)) = lookups.late.remove(name) {
        return Ok(Asked::Known(addresses));
    }
    let (sender, receiver) = oneshot::channel();
    if let Some(waiting) = lookups.under_way.get_mut(name) {
        waiting.retain(|sender| !sender.is_closed());
        waiting.push(sender);
        return Ok(Asked::Waiting(receiver));
    }
    if lookups.under_way.len() >= MOST {
        return Err(io::Error::other(format!("{MOST} lookups of other names have not ended yet")));
    }
    lookups.under_way.insert(name.to_owned(), vec![sender]);
    // Before the spawn, since dropping `Running` after a failed spawn takes the lock.
    drop(lookups);
    let look_up =
        Running { name: name.to_owned(), answer: Err("the lookup was interrupted".to_owned()) };
    sys::spawn("skywalking-lookup", move || look_up.run())?;
    Ok(Asked::Waiting(receiver))
}

/// A running lookup. Dropping it sends the answer to all waiting callers.
struct Running {
    name: String,
    answer: Answer,
}

impl Running {
    fn run(mut self) {
        self.answer = (self.name.as_str(), 0)
            .to_socket_addrs()
            .map(Iterator::collect)
            .map_err(|error| error.to_string());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut lookups = lookups();
        let waiting = lookups.under_way.remove(&self.name).unwrap_or_default();
        let given =
            waiting.into_iter().filter_map(|sender| sender.send(self.answer.clone()).ok()).count();
        if let (0, Ok(addresses)) = (given, &self.answer)
            && lookups.late.len() < MOST
        {
            lookups.late.insert(self.name.clone(), (Instant::now(), addresses.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiter(name: &str) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        lookups().under_way.entry(name.to_owned()).or_default().push(sender);
        receiver
    }

    fn end(name: &str, answer: Answer) {
        drop(Running { name: name.to_owned(), answer });
    }

    #[tokio::test]
    async fn lookups_are_shared_bounded_and_kept_when_late() {
        let addresses = vec![SocketAddr::from(([192, 0, 2, 1], 0))];
        let mut first = waiter("shared.test");
        let Ok(Asked::Waiting(mut second)) = ask("shared.test") else {
            panic!("it waits for the running lookup")
        };
        end("shared.test", Ok(addresses.clone()));
        assert_eq!(
            (first.try_recv(), second.try_recv()),
            (Ok(Ok(addresses.clone())), Ok(Ok(addresses.clone())))
        );
        assert!(lookups().late.is_empty(), "it was not late");

        drop(waiter("late.test"));
        end("late.test", Ok(addresses.clone()));
        assert_eq!(look_up("late.test").await.unwrap(), addresses);
        assert!(lookups().late.is_empty(), "a late answer is used once");
        drop(waiter("late.test"));
        end("late.test", Err("no such name".to_owned()));
        assert!(lookups().late.is_empty(), "a failure is not kept");

        let names = ["1.test", "2.test", "3.test", "4.test"];
        let waiting = names.map(waiter);
        let error = look_up("5.test").await.unwrap_err();
        assert_eq!(error.to_string(), "4 lookups of other names have not ended yet");
        for name in names {
            end(name, Err("over".to_owned()));
        }
        drop(waiting);
        assert!(
            look_up("localhost").await.unwrap().iter().all(|address| address.ip().is_loopback())
        );
        assert!(lookups().under_way.is_empty());
    }
}
