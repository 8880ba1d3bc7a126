//! A file that a setting names: its path, and a read with limits.

use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use crate::error::Error;
use crate::sys::{self, PerProcess};

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;
/// How long the start of an agent waits for a read.
const WAIT_AT_START: Duration = Duration::from_secs(3);
/// The most reads in the process that have not ended.
const READS: usize = 4;

/// A file that a setting names.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) setting: &'static str,
    pub(crate) path: PathBuf,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.path, self.setting)
    }
}

impl File {
    /// Returns `None` for an empty path: no file is set.
    pub(super) fn new(setting: &'static str, path: PathBuf) -> Option<Self> {
        (!path.as_os_str().is_empty()).then_some(Self { setting, path })
    }

    /// Returns an error about this file. The problem ends with the fix.
    pub(crate) fn error(&self, problem: impl Into<String>) -> Error {
        let path = self.path.to_string_lossy().into_owned();
        Error::File { setting: self.setting, path, problem: problem.into() }
    }

    /// Returns the contents. May block, for example on a network file system.
    ///
    /// # Errors
    /// If the file is missing, unreadable, larger than 1 MiB, or not a regular file.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Error> {
        let unreadable = |error: io::Error| {
            self.error(format!("could not be read: {error}; check the path and its permissions"))
        };
        // Opening a pipe would wait for a writer.
        if !fs::metadata(&self.path).map_err(unreadable)?.is_file() {
            return Err(self.error("is not a regular file; give the path of a file"));
        }
        let mut contents = Vec::new();
        let opened = fs::File::open(&self.path).map_err(unreadable)?;
        opened.take(LARGEST + 1).read_to_end(&mut contents).map_err(unreadable)?;
        if contents.len() as u64 > LARGEST {
            return Err(self.error("is larger than 1 MiB; check the path"));
        }
        Ok(contents)
    }
}

/// Runs work that reads files on its own thread, and waits for it at most 3 s.
pub(crate) fn read_at_start<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    failed: impl Fn(String) -> Error,
) -> Result<T, Error> {
    let (sender, receiver) = sync_channel(1);
    Reading::begin()
        .and_then(|reading| {
            sys::spawn("skywalking-files", move || {
                let result = work();
                // Before the caller can begin another read.
                drop(reading);
                // Fails if the start has given up.
                let _ = sender.send(result);
            })
        })
        .map_err(|error| failed(format!("could not be read: {error}")))?;
    receiver.recv_timeout(WAIT_AT_START).map_err(|_| {
        failed(format!(
            "was not read within {} s; put it on a local file system",
            WAIT_AT_START.as_secs()
        ))
    })
}

/// A read that has not ended. Their number is limited, because one that hangs keeps its thread.
pub(crate) struct Reading;

static COUNT: PerProcess<AtomicUsize> = PerProcess::new(AtomicUsize::default);

impl Reading {
    pub(crate) fn begin() -> io::Result<Self> {
        let reading = Self;
        if COUNT.get().fetch_add(1, Ordering::Relaxed) < READS {
            return Ok(reading);
        }
        Err(io::Error::other(format!("{READS} earlier reads have not ended")))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        COUNT.get().fetch_sub(1, Ordering::Relaxed);
    }
}
