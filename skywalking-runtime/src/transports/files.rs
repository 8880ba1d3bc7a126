//! Values that are made of files, and made again when a file has changed: certificates, keys and
//! the token.
//!
//! A read can hang, for example on a network file system. So each read runs on its own thread, and
//! callers wait for it only shortly. If a changed file is invalid, the previous value stays in use.
//! The contents are compared, not the times of the files, because a file that is replaced within
//! the resolution of the clock has the same time.

mod lines;

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;

use self::lines::{Event, Lines};
use super::offload::offload;
use crate::config::{File, Reading, read_at_start};
use crate::error::Error;
use crate::self_log::{self, Line, WithoutThread};
use crate::util::catch_panic::catch_panic;

/// How long a value is used before its files are read again.
const FRESH: Duration = Duration::from_secs(1);
/// How long a caller waits for a read while the agent runs.
const WAIT: Duration = Duration::from_millis(500);
/// A read that takes longer is logged.
const SLOW: Duration = Duration::from_secs(10);

/// The contents of the files, in the order in which they were given.
pub(crate) type Contents = Vec<Vec<u8>>;

/// A value that is made of files.
pub(crate) struct Watched<T>(Arc<Shared<T>>);

struct Shared<T> {
    /// What the value is, for log lines.
    what: &'static str,
    files: Vec<File>,
    make: Make<T>,
    state: Mutex<State<T>>,
    /// Notified when a read has ended.
    ended: Notify,
}

/// Makes the value of the contents of the files.
type Make<T> = Box<dyn Fn(&[File], Contents) -> Result<T, Error> + Send + Sync>;

struct State<T> {
    value: T,
    /// A hash of the contents that were read last.
    hash: u64,
    /// Why these contents are not used.
    refused: Option<String>,
    /// Whether the last read failed.
    is_unreadable: bool,
    read: Instant,
    reading: Option<Running>,
    /// When a read that was not due found nothing new.
    fruitless: Option<Instant>,
    lines: Lines,
}

/// A read that runs.
#[derive(Debug)]
struct Running {
    begun: Instant,
    /// Whether its duration was logged.
    is_logged: bool,
}

impl Running {
    fn now() -> Self {
        Self { begun: Instant::now(), is_logged: false }
    }
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Watched<T> {
    /// Shows no value, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("what", &self.0.what).field("files", &self.0.files).finish()
    }
}

impl<T: Clone + Send + 'static> Watched<T> {
    /// Reads the files for the first time. Blocks, at most for 3 s. `unread` makes the error for a
    /// read that does not end.
    pub(super) fn read(
        what: &'static str,
        files: Vec<File>,
        make: impl Fn(&[File], Contents) -> Result<T, Error> + Send + Sync + 'static,
        unread: impl Fn(String) -> Error,
    ) -> Result<Self, Error> {
        let make: Make<T> = Box::new(make);
        let work = move || {
            let read = read_all(&files).and_then(|contents| {
                let hash = hash(&contents);
                Ok((make(&files, contents)?, hash))
            });
            (read, files, make)
        };
        let (read, files, make) = read_at_start(work, unread)?;
        let (value, hash) = read?;
        let state = State {
            value,
            hash,
            refused: None,
            is_unreadable: false,
            read: Instant::now(),
            reading: None,
            fruitless: None,
            lines: Lines::default(),
        };
        let (state, ended) = (Mutex::new(state), Notify::new());
        Ok(Self(Arc::new(Shared { what, files, make, state, ended })))
    }

    /// Returns the value. Reads the files again if that was not done within the last second.
    pub(super) async fn current(&self) -> T {
        log(self.0.slow(Instant::now()));
        if self.0.begin_reading() {
            // A read that takes longer provides the value for a later call. Without a thread, the
            // next call tries again.
            drop(timeout(WAIT, self.read_again()).await);
        }
        self.0.state().value.clone()
    }

    /// Returns the value if it is not `used`. Reads the files at once, also if they were read
    /// within the last second. If that finds nothing new, it is repeated a second later.
    pub(super) async fn newer_than(&self, used: &T) -> Option<T>
    where
        T: PartialEq,
    {
        let newer = || Some(self.0.state().value.clone()).filter(|value| value != used);
        let wait = async {
            while newer().is_none() {
                let mut ended = pin!(self.0.ended.notified());
                // Before the check, so that no end is missed.
                ended.as_mut().enable();
                match self.0.force_reading() {
                    Forced::Begun => {
                        drop(self.read_again().await);
                        let now = Instant::now();
                        let is_fruitless = newer().is_none();
                        self.0.state().fruitless = is_fruitless.then_some(now);
                    }
                    Forced::Running => ended.await,
                    Forced::Done => return,
                }
            }
        };
        drop(timeout(WAIT, wait).await);
        newer()
    }

    async fn read_again(&self) -> io::Result<()> {
        let shared = Arc::clone(&self.0);
        let ended = EndReading(Arc::clone(&self.0));
        let read = move || {
            let _ended = ended;
            log(shared.read_again());
        };
        offload("skywalking-files", read).await
    }
}

/// The answer to a wish to read files that are not due.
enum Forced {
    /// The caller is to read them.
    Begun,
    /// Another caller reads them.
    Running,
    /// Such a read found nothing new within the last second.
    Done,
}

impl<T: Clone> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true if the caller is to read the files.
    fn begin_reading(&self) -> bool {
        let mut state = self.state();
        if self.files.is_empty() || state.reading.is_some() || state.read.elapsed() < FRESH {
            return false;
        }
        state.reading = Some(Running::now());
        true
    }

    fn force_reading(&self) -> Forced {
        let mut state = self.state();
        if state.reading.is_some() {
            return Forced::Running;
        }
        if state.fruitless.is_some_and(|ended| ended.elapsed() < FRESH) {
            return Forced::Done;
        }
        state.reading = Some(Running::now());
        Forced::Begun
    }

    /// Returns a line if a read takes long, once for each.
    fn slow(&self, now: Instant) -> Option<Line> {
        let mut state = self.state();
        let State { reading, lines, .. } = &mut *state;
        let reading = reading.as_mut().filter(|reading| !reading.is_logged)?;
        if now.duration_since(reading.begun) < SLOW {
            return None;
        }
        reading.is_logged = true;
        lines.line(Event::Slow, self.what, None, now)
    }

    /// Reads the files, and returns what is to be logged.
    fn read_again(&self) -> Option<Line> {
        let reading = Reading::begin();
        let contents = match &reading {
            Ok(_) => read_all(&self.files).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let now = Instant::now();
        let contents = match contents {
            Ok(contents) => contents,
            Err(problem) => {
                let mut state = self.state();
                state.is_unreadable = true;
                return state.lines.line(Event::Unreadable, self.what, Some(&problem), now);
            }
        };
        let hash = hash(&contents);
        let is_changed = self.state().hash != hash;
        let make = || catch_panic(|| (self.make)(&self.files, contents));
        let made = if is_changed { Some(make()?) } else { None };
        let mut state = self.state();
        let State { value, refused, is_unreadable, lines, .. } = &mut *state;
        let was_unreadable = std::mem::take(is_unreadable);
        let event = match made {
            Some(Ok(made)) => {
                (*value, *refused) = (made, None);
                Event::Used
            }
            Some(Err(error)) => {
                *refused = Some(error.to_string());
                Event::Unusable
            }
            None if refused.is_some() => Event::Unusable,
            None if was_unreadable => Event::Readable,
            None => return None,
        };
        let line = lines.line(event, self.what, refused.as_deref(), now);
        state.hash = hash;
        line
    }
}

/// Writes a line from a thread of the agent.
fn log(line: Option<Line>) {
    if let Some(line) = line {
        drop(self_log::emit(vec![line], WithoutThread::WriteHere));
    }
}

/// Marks the end of a read, also of one that could not start.
struct EndReading<T: Clone>(Arc<Shared<T>>);

impl<T: Clone> Drop for EndReading<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.reading = None;
        state.read = Instant::now();
        drop(state);
        self.0.ended.notify_waiters();
    }
}

/// The value is compared within the process only.
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn read_all(files: &[File]) -> Result<Contents, Error> {
    files.iter().map(File::read).collect()
}

#[cfg(test)]
mod tests;
