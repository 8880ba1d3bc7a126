//! A file that a setting names: its path, and a read with limits.

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{PathBuf, is_separator};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use crate::error::Error;
use crate::secrets::HIDDEN;
use crate::sys::{self, PerProcess};

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;
/// How long the start of an agent waits for a read.
const WAIT_AT_START: Duration = Duration::from_secs(3);
/// The most reads in the process that have not ended.
const READS: usize = 4;
/// The beginnings of the settings whose file has the token.
const OF_TOKEN: [&str; 2] = ["SW_AGENT_AUTHENTICATION_FILE", "Config::token_file"];

/// A file that a setting names.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) setting: &'static str,
    pub(crate) path: PathBuf,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.shown(), self.setting)
    }
}

impl File {
    /// Returns `None` for an empty path: no file is set.
    pub(super) fn new(setting: &'static str, path: PathBuf) -> Option<Self> {
        (!path.as_os_str().is_empty()).then_some(Self { setting, path })
    }

    /// Returns an error about this file. The problem ends with the fix.
    pub(crate) fn error(&self, problem: impl Into<String>) -> Error {
        let mut problem = problem.into();
        if self.may_be_secret() {
            problem.push_str("; give a path, not the contents of the file");
        }
        Error::File { setting: self.setting, path: self.shown().into_owned(), problem }
    }

    /// Returns the path for messages, or `<hidden>` for what may be a secret in place of a path.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        if self.may_be_secret() { Cow::Borrowed(HIDDEN) } else { self.path.to_string_lossy() }
    }

    /// Returns true for PEM, and for a token: a name without a folder.
    fn may_be_secret(&self) -> bool {
        let path = self.path.to_string_lossy();
        let is_name =
            || !self.path.is_absolute() && !path.starts_with('.') && !path.contains(is_separator);
        path.contains("-----BEGIN")
            || path.contains(['\n', '\r'])
            || OF_TOKEN.iter().any(|setting| self.setting.starts_with(setting)) && is_name()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(setting: &'static str, path: &str) -> String {
        let file = File { setting, path: path.into() };
        format!("{} {file:?}", file.read().unwrap_err())
    }

    #[test]
    fn secret_in_place_of_a_path_is_hidden() {
        let secrets = [
            ("SW_AGENT_AUTHENTICATION_FILE", "s3cret"),
            ("SW_AGENT_AUTHENTICATION_FILE (line 2 of a.toml)", "s3cret.x=="),
            ("Config::token_file", "s3cret"),
            ("SW_AGENT_SSL_KEY_PATH", "-----BEGIN PRIVATE KEY----- s3cret"),
            ("Config::client_certificate", "s3cret\ns3cret"),
            ("SW_AGENT_AUTHENTICATION_FILE", "/s3cret\r"),
        ];
        for (setting, path) in secrets {
            let text = texts(setting, path);
            assert!(!text.contains("s3cret") && text.contains(HIDDEN), "{text}");
            assert!(text.contains("give a path, not the contents of the file"), "{text}");
        }
    }

    #[test]
    fn path_is_shown() {
        let paths = [
            ("SW_AGENT_AUTHENTICATION_FILE", "/nowhere/token"),
            ("SW_AGENT_AUTHENTICATION_FILE", "nowhere/token"),
            ("SW_AGENT_AUTHENTICATION_FILE", ".no-token"),
            ("SW_AGENT_SSL_KEY_PATH", "no-key.pem"),
        ];
        for (setting, path) in paths {
            let text = texts(setting, path);
            assert_eq!(text.matches(path).count(), 2, "{text}");
            assert!(!text.contains("give a path"), "{text}");
        }
    }
}
