//! Client and server together: started one after the other, watched at once, ended at once, so that
//! both report their last spans in the same few seconds.

use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;
use skywalking_examples::demo::{Child, ChildError};
use skywalking_examples::say;

use crate::client::ANSWERED;
use crate::counters;
use crate::error::Error;
use crate::role::{self, Role};
use crate::server::LISTENING;

/// How long the end of a child may take beyond the time for its last spans.
const GRACE: Duration = Duration::from_millis(900);

/// Whether the children's counters are of interest to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counters {
    Print,
    Keep,
}

/// The two children.
#[derive(Debug)]
pub(crate) struct Pair {
    client: Child,
    server: Child,
    flush: Duration,
    print: Counters,
    counters: Vec<Value>,
}

impl Pair {
    /// Starts the server on a free port, then the client. Each may take `flush` for its last spans.
    pub(crate) async fn start(
        requests: u32,
        backend: &str,
        flush: Duration,
        print: Counters,
    ) -> Result<Self, Error> {
        let flush_seconds = flush.as_secs().to_string();
        let reporting = ["--backend", backend, "--flush-seconds", &flush_seconds];

        let mut server =
            start(&role::SERVER, &[&["--listen", "127.0.0.1:0"][..], &reporting].concat())?;
        let address = server.listening(LISTENING).await?;
        let requests = requests.to_string();
        let client = start(
            &role::CLIENT,
            &[&["--connect", &address, "--requests", &requests][..], &reporting].concat(),
        )?;
        Ok(Self { client, server, flush, print, counters: Vec::new() })
    }

    /// Waits until every request is answered; gives the ids of their traces, in order. A child that
    /// ends before is the error, and then the other one has ended as well.
    pub(crate) async fn answers(&mut self) -> Result<Vec<String>, Error> {
        let mut traces = Vec::new();
        loop {
            tokio::select! {
                line = self.client.line() => match line {
                    None => return Err(self.client_fell().await),
                    Some(line) if line.starts_with(ANSWERED) => return Ok(traces),
                    Some(line) => match line.strip_prefix("trace ") {
                        Some(id) => {
                            say(&line);
                            traces.push(id.to_owned());
                        }
                        None => self.hear(&line),
                    },
                },
                line = self.server.line() => match line {
                    None => return Err(self.server_fell().await),
                    Some(line) => self.hear(&line),
                },
            }
        }
    }

    /// Ends both at once, which reports what is left.
    pub(crate) async fn end(&mut self) -> Result<(), Error> {
        let (client, server) = self.both_ended(self.flush).await;
        for (child, status) in [(&self.server, server?), (&self.client, client?)] {
            if !status.success() {
                return Err(died(child, status));
            }
        }
        Ok(())
    }

    /// What the children counted, of those that have ended by themselves.
    pub(crate) fn counters(&self) -> &[Value] {
        &self.counters
    }

    async fn server_fell(&mut self) -> Error {
        let (_, server) = self.both_ended(self.after_a_fall()).await;
        match server {
            Ok(status) => died(&self.server, status),
            Err(error) => error.into(),
        }
    }

    /// A client ends when its connection breaks: if the server died as well, that one is to be
    /// named.
    async fn client_fell(&mut self) -> Error {
        let (client, server) = self.both_ended(self.after_a_fall()).await;
        match (client, server) {
            (Ok(client), Ok(server)) if client.code().is_some() && !server.success() => {
                died(&self.server, server)
            }
            (Ok(status), _) => died(&self.client, status),
            (Err(error), _) => error.into(),
        }
    }

    /// The demo has failed already: the other one's last spans are waited for no longer than a user
    /// waits for the end of a program.
    fn after_a_fall(&self) -> Duration {
        self.flush.min(Duration::from_secs(role::FLUSH_SECONDS))
    }

    async fn both_ended(
        &mut self,
        flush: Duration,
    ) -> (Result<ExitStatus, ChildError>, Result<ExitStatus, ChildError>) {
        self.server.ask_to_end();
        self.client.ask_to_end();
        let within = flush + GRACE;
        let (mut client_said, mut server_said) = (Vec::new(), Vec::new());
        let ended = tokio::join!(
            self.client.ended(within, |line| client_said.push(line)),
            self.server.ended(within, |line| server_said.push(line))
        );
        for line in client_said.iter().chain(&server_said) {
            self.hear(line);
        }
        ended
    }

    /// A line that is no trace: counters, or nothing of interest.
    fn hear(&mut self, line: &str) {
        if let Some(counters) = counters::read(line) {
            if self.print == Counters::Print {
                say(line);
            }
            self.counters.push(counters);
        }
    }
}

/// This program in another role.
fn start(role: &Role, arguments: &[&str]) -> Result<Child, ChildError> {
    let name = format!("the {}", role.name);
    let mut command = Child::command(&name)?;
    command.arg(role.name).args(arguments).arg("--child");
    Child::start(&name, command)
}

fn died(child: &Child, status: ExitStatus) -> Error {
    ChildError::Died { name: child.name().to_owned(), status }.into()
}
