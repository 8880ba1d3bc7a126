//! One child process: what it says line by line, and how it ends.
//!
//! It ends with this process, however this one ends: it watches its standard input, whose other end is held here and closes even at
//! a SIGKILL. And it is killed when its [`Child`] is dropped, so that no way out of a function leaves it behind.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};

use crate::error::Error;
use crate::role::Role;

#[derive(Debug)]
pub(crate) struct Child {
    role: &'static str,
    process: tokio::process::Child,
    stdin: Option<ChildStdin>,
    lines: Option<Lines<BufReader<ChildStdout>>>,
}

impl Child {
    /// Starts this program in another role. What it says of its troubles goes to this program's standard error.
    pub(crate) fn start(role: &Role, arguments: &[&str]) -> Result<Self, Error> {
        let role = role.name;
        let failed = |source| Error::Spawn { role, source };
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.arg(role).args(arguments).arg("--child");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // A group of its own: Ctrl-C is for this program, which then ends its children.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = command.spawn().map_err(failed)?;
        if let Some(id) = process.id() {
            tracing::info!("{role} pid {id}");
        }
        let stdin = process.stdin.take();
        let lines = process.stdout.take().map(|out| BufReader::new(out).lines());
        Ok(Self { role, process, stdin, lines })
    }

    pub(crate) fn role(&self) -> &'static str {
        self.role
    }

    /// The next line that it says; `None` when it says no more, as it has ended or is about to. May be dropped without losing a line.
    pub(crate) async fn line(&mut self) -> Option<String> {
        self.lines.as_mut()?.next_line().await.ok().flatten()
    }

    /// Lets go of it: it finishes what has to be finished, and ends.
    pub(crate) fn ask_to_end(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end. What it still says goes to `hear`.
    pub(crate) async fn ended(&mut self, within: Duration, mut hear: impl FnMut(String)) -> Result<ExitStatus, Error> {
        let ended = async {
            while let Some(line) = self.line().await {
                hear(line);
            }
            self.process.wait().await
        };
        let Ok(ended) = tokio::time::timeout(within, ended).await else {
            // If it can't be killed it has ended just now.
            let _ = self.process.kill().await;
            return Err(Error::Hung { role: self.role, waited: within });
        };
        ended.map_err(|source| Error::Spawn { role: self.role, source })
    }
}
