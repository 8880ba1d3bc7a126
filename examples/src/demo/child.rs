//! One child process: what it says line by line, and how it ends.
//!
//! It ends with this process, however this one ends: it watches its standard input, whose other end
//! is held here and closes even at a SIGKILL. And it is killed when its [`Child`] is dropped, so
//! that no way out of a function leaves it behind.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};

/// What can go wrong with a child.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// There is no such process.
    #[error("{name} can't be started: {source}. Raise the limits on processes and files")]
    Spawn {
        /// What it is called.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// It ended where it should have run, or with a failure.
    #[error("{name} died: {status}. Look at what it said above, and run it again")]
    Died {
        /// What it is called.
        name: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// It did not end.
    #[error(
        "{name} did not end within {waited:?} and was killed. Run it again on a machine with less to do"
    )]
    Hung {
        /// What it is called.
        name: String,
        /// How long it had.
        waited: Duration,
    },
    /// It did not say what it says when it has started.
    #[error("{name} did not say where it listens within {waited:?}. Look at what it said above")]
    Silent {
        /// What it is called.
        name: String,
        /// How long it had.
        waited: Duration,
    },
}

/// How long a program may take to start.
const START: Duration = Duration::from_secs(10);

/// A child process. Killed when dropped.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: tokio::process::Child,
    stdin: Option<ChildStdin>,
    lines: Option<Lines<BufReader<ChildStdout>>>,
}

impl Child {
    /// This program, to be started in another role.
    ///
    /// # Errors
    /// [`ChildError::Spawn`] where the program's own file can't be found.
    pub fn command(name: &str) -> Result<Command, ChildError> {
        let program = std::env::current_exe()
            .map_err(|source| ChildError::Spawn { name: name.to_owned(), source })?;
        Ok(Command::new(program))
    }

    /// Starts it. What it says of its troubles goes to this program's standard error.
    ///
    /// # Errors
    /// [`ChildError::Spawn`], with the system's reason.
    pub fn start(name: &str, mut command: Command) -> Result<Self, ChildError> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // A group of its own: Ctrl-C is for this program, which then ends its children.
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

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the line that it says first, `mark` and then where it listens; gives the latter.
    ///
    /// # Errors
    /// [`ChildError::Silent`] and, where it ended instead, [`ChildError::Died`].
    pub async fn listening(&mut self, mark: &str) -> Result<String, ChildError> {
        let silent = |_| ChildError::Silent { name: self.name.clone(), waited: START };
        let line = tokio::time::timeout(START, next(&mut self.lines)).await.map_err(silent)?;
        match line.as_deref().and_then(|line| line.strip_prefix(mark)) {
            Some(address) => Ok(address.to_owned()),
            None => Err(self.died(START, drop).await),
        }
    }

    /// The next line that it says; `None` when it says no more, as it has ended or is about to. May
    /// be dropped without losing a line.
    pub async fn line(&mut self) -> Option<String> {
        next(&mut self.lines).await
    }

    /// Lets go of it: it finishes what has to be finished, and ends.
    pub fn ask_to_end(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end. What it still says goes to `hear`.
    ///
    /// # Errors
    /// [`ChildError::Hung`] when it has not ended in time: then it was killed.
    pub async fn ended(
        &mut self,
        within: Duration,
        mut hear: impl FnMut(String),
    ) -> Result<ExitStatus, ChildError> {
        let ended = async {
            while let Some(line) = self.line().await {
                hear(line);
            }
            self.process.wait().await
        };
        let Ok(ended) = tokio::time::timeout(within, ended).await else {
            // If it can't be killed it has ended just now.
            let _ = self.process.kill().await;
            return Err(ChildError::Hung { name: self.name.clone(), waited: within });
        };
        ended.map_err(|source| ChildError::Spawn { name: self.name.clone(), source })
    }

    /// Why it ended although nobody asked it to.
    pub async fn died(&mut self, within: Duration, hear: impl FnMut(String)) -> ChildError {
        match self.ended(within, hear).await {
            Ok(status) => ChildError::Died { name: self.name.clone(), status },
            Err(error) => error,
        }
    }
}

async fn next(lines: &mut Option<Lines<BufReader<ChildStdout>>>) -> Option<String> {
    lines.as_mut()?.next_line().await.ok().flatten()
}
