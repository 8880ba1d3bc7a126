//! Values that are made of files, and made again when a file has changed: certificates, keys and
//! the token.
//!
//! A read can hang, for example on a network file system. So each read runs on its own thread, and
//! callers wait for it only shortly. If a changed file is invalid, the previous value stays in use.
//! The contents are compared, not the times of the files, because a file that is replaced within
//! the resolution of the clock has the same time.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;

use super::offload::offload;
use crate::config::{File, Reading, read_at_start};
use crate::error::Error;
use crate::self_log::{self, Line, WithoutThread};
use crate::util::catch_panic::catch_panic;

/// How long a value is used before its files are read again.
const FRESH: Duration = Duration::from_secs(1);
/// How long a caller waits for a read while the agent runs.
const WAIT: Duration = Duration::from_millis(500);

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
    /// A hash of the contents that were read last, or of the error.
    hash: u64,
    read: Instant,
    is_reading: bool,
    /// When a read that was not due found nothing new.
    fruitless: Option<Instant>,
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
    /// Reads the files for the first time. Blocks, at most for 3 s.
    pub(super) fn read(
        what: &'static str,
        files: Vec<File>,
        make: impl Fn(&[File], Contents) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let make: Make<T> = Box::new(make);
        let first = files.first().cloned();
        let work = move || {
            let read = read_all(&files).and_then(|contents| {
                let hash = hash(&contents);
                Ok((make(&files, contents)?, hash))
            });
            (read, files, make)
        };
        let (read, files, make) = read_at_start(work, |problem| match &first {
            Some(file) => file.error(problem),
            None => Error::Reporter { problem },
        })?;
        let (value, hash) = read?;
        let state = State { value, hash, read: Instant::now(), is_reading: false, fruitless: None };
        let (state, ended) = (Mutex::new(state), Notify::new());
        Ok(Self(Arc::new(Shared { what, files, make, state, ended })))
    }

    /// Returns the value. Reads the files again if that was not done within the last second.
    pub(super) async fn current(&self) -> T {
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
            shared.read_again();
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
        if self.files.is_empty() || state.is_reading || state.read.elapsed() < FRESH {
            return false;
        }
        state.is_reading = true;
        true
    }

    fn force_reading(&self) -> Forced {
        let mut state = self.state();
        if state.is_reading {
            return Forced::Running;
        }
        if state.fruitless.is_some_and(|ended| ended.elapsed() < FRESH) {
            return Forced::Done;
        }
        state.is_reading = true;
        Forced::Begun
    }

    fn read_again(&self) {
        let Ok(_reading) = Reading::begin() else { return };
        let (made, hash) = match read_all(&self.files) {
            Ok(contents) => {
                let hash = hash(&contents);
                if hash == self.state().hash {
                    return;
                }
                let made = catch_panic(|| (self.make)(&self.files, contents));
                let Some(made) = made else { return };
                (made, hash)
            }
            Err(error) => {
                let hash = hash(&error.to_string());
                (Err(error), hash)
            }
        };
        let mut state = self.state();
        let is_new = state.hash != hash;
        state.hash = hash;
        let line = match made {
            Ok(value) => {
                state.value = value;
                Line::info(format!("{} changed, and the new files are used", self.what))
            }
            Err(error) => Line::warn(format!(
                "{} changed and cannot be used; the previous files stay in use",
                self.what
            ))
            .problem(error.to_string()),
        };
        drop(state);
        if is_new {
            drop(self_log::emit(vec![line], WithoutThread::WriteHere));
        }
    }
}

/// Marks the end of a read, also of one that could not start.
struct EndReading<T: Clone>(Arc<Shared<T>>);

impl<T: Clone> Drop for EndReading<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_reading = false;
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
