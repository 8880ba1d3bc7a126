//! A child process: its output line by line, and its exit.
//!
//! The child ends with this process, however this one ends: it watches its standard input, which
//! closes even if this process dies from SIGKILL. Dropping a [`Child`] kills it, so that no return
//! path leaves it running.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};

/// An error of a child process.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// The process can't be started.
    #[error("can't start {name}: {source}. Raise the limits for processes and files")]
    Spawn {
        /// The name of the child.
        name: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The process exited too early or with a failure.
    #[error("{name} died: {status}. See its output above, and run it again")]
    Died {
        /// The name of the child.
        name: String,
        /// The exit status.
        status: ExitStatus,
    },
    /// The process did not exit in time.
    #[error(
        "{name} did not exit within {waited:?} and was killed. Run it again on a less busy machine"
    )]
    Hung {
        /// The name of the child.
        name: String,
        /// The timeout.
        waited: Duration,
    },
    /// The process did not print its address in time.
    #[error("{name} did not print its address within {waited:?}. See its output above")]
    Silent {
        /// The name of the child.
        name: String,
        /// The timeout.
        waited: Duration,
    },
}

/// How long a program may take to print its address.
const START: Duration = Duration::from_secs(10);

/// A child process. Killed on drop.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: tokio::process::Child,
    stdin: Option<ChildStdin>,
    lines: Option<Lines<BufReader<ChildStdout>>>,
}

impl Child {
    /// Returns a command that starts this program, for another role.
    ///
    /// # Errors
    ///
    /// Returns [`ChildError::Spawn`] if the path of this program is unknown.
    pub fn command(name: &str) -> Result<Command, ChildError> {
        let program = std::env::current_exe()
            .map_err(|source| ChildError::Spawn { name: name.to_owned(), source })?;
        Ok(Command::new(program))
    }

    /// Starts the child. It shares the standard error of this program.
    ///
    /// # Errors
    ///
    /// Returns [`ChildError::Spawn`].
    pub fn start(name: &str, mut command: Command) -> Result<Self, ChildError> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // Its own process group: Ctrl-C reaches only this program, which then ends its children.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = command
            .spawn()
            .map_err(|source| ChildError::Spawn { name: name.to_owned(), source })?;
        if let Some(id) = process.id() {
            tracing::info!("{name} pid {id}");
        }
        let stdin = process.stdin.take();
        let lines = process.stdout.take().map(|out| BufReader::new(out).lines());
        Ok(Self { name: name.to_owned(), process, stdin, lines })
    }

    /// Returns its name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits for its first line, `prefix` followed by the address. Returns the address.
    ///
    /// # Errors
    ///
    /// Returns [`ChildError::Silent`] on a timeout, or [`ChildError::Died`] if the child exits.
    pub async fn listening(&mut self, prefix: &str) -> Result<String, ChildError> {
        let silent = |_| ChildError::Silent { name: self.name.clone(), waited: START };
        let line = tokio::time::timeout(START, next(&mut self.lines)).await.map_err(silent)?;
        match line.as_deref().and_then(|line| line.strip_prefix(prefix)) {
            Some(address) => Ok(address.to_owned()),
            None => Err(self.died(START, drop).await),
        }
    }

    /// Returns the next line of its output, or `None` when it closes its output. Cancel safe.
    pub async fn line(&mut self) -> Option<String> {
        next(&mut self.lines).await
    }

    /// Closes its standard input, which makes it shut down.
    pub fn request_exit(&mut self) {
        self.stdin = None;
    }

    /// Waits for the exit. Passes the remaining lines to `on_line`.
    ///
    /// # Errors
    ///
    /// Returns [`ChildError::Hung`] if the child doesn't exit in time. It is killed then.
    pub async fn wait(
        &mut self,
        within: Duration,
        mut on_line: impl FnMut(String),
    ) -> Result<ExitStatus, ChildError> {
        let ended = async {
            while let Some(line) = self.line().await {
                on_line(line);
            }
            self.process.wait().await
        };
        let Ok(ended) = tokio::time::timeout(within, ended).await else {
            // An error means that it has just exited.
            let _ = self.process.kill().await;
            return Err(ChildError::Hung { name: self.name.clone(), waited: within });
        };
        ended.map_err(|source| ChildError::Spawn { name: self.name.clone(), source })
    }

    /// Waits for the exit of a child that was not requested to exit. Returns the error.
    pub async fn died(&mut self, within: Duration, on_line: impl FnMut(String)) -> ChildError {
        match self.wait(within, on_line).await {
            Ok(status) => ChildError::Died { name: self.name.clone(), status },
            Err(error) => error,
        }
    }
}

async fn next(lines: &mut Option<Lines<BufReader<ChildStdout>>>) -> Option<String> {
    lines.as_mut()?.next_line().await.ok().flatten()
}
