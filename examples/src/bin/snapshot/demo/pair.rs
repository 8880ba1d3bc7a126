//! Client and server together: started one after the other, watched at once, ended at once, so that both report their last spans in
//! the same few seconds.

use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;
use skywalking_examples::say;

use super::child::Child;
use crate::client::ANSWERED;
use crate::counters;
use crate::error::Error;
use crate::role;
use crate::server::LISTENING;

/// How long a program may take to start.
const START: Duration = Duration::from_secs(10);
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
    pub(crate) async fn start(requests: u32, backend: &str, flush: Duration, print: Counters) -> Result<Self, Error> {
        let flush_seconds = flush.as_secs().to_string();
        let reporting = ["--backend", backend, "--flush-seconds", &flush_seconds];

        let mut server = Child::start(&role::SERVER, &[&["--listen", "127.0.0.1:0"][..], &reporting].concat())?;
        let address = listening(&mut server).await?;
        let requests = requests.to_string();
        let client = Child::start(&role::CLIENT, &[&["--connect", &address, "--requests", &requests][..], &reporting].concat())?;
        Ok(Self { client, server, flush, print, counters: Vec::new() })
    }

    /// Waits until every request is answered; gives the ids of their traces, in order. A child that ends before is the error, and then
    /// the other one has ended as well.
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
                return Err(Error::Died { role: child.role(), status });
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
            Ok(status) => Error::Died { role: self.server.role(), status },
            Err(error) => error,
        }
    }

    /// A client ends when its connection breaks: if the server died as well, that one is to be named.
    async fn client_fell(&mut self) -> Error {
        let (client, server) = self.both_ended(self.after_a_fall()).await;
        match (client, server) {
            (Ok(client), Ok(server)) if client.code().is_some() && !server.success() => {
                Error::Died { role: self.server.role(), status: server }
            }
            (Ok(status), _) => Error::Died { role: self.client.role(), status },
            (Err(error), _) => error,
        }
    }

    /// The demo has failed already: the other one's last spans are waited for no longer than a user waits for the end of a program.
    fn after_a_fall(&self) -> Duration {
        self.flush.min(Duration::from_secs(role::FLUSH_SECONDS))
    }

    async fn both_ended(&mut self, flush: Duration) -> (Result<ExitStatus, Error>, Result<ExitStatus, Error>) {
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

/// Waits for the line that says where the server listens.
async fn listening(server: &mut Child) -> Result<String, Error> {
    let waited = tokio::time::timeout(START, server.line()).await.map_err(|_| Error::Silent(START))?;
    if let Some(address) = waited.as_deref().and_then(|line| line.strip_prefix(LISTENING)) {
        return Ok(address.to_owned());
    }
    let status = server.ended(START, drop).await?;
    Err(Error::Died { role: server.role(), status })
}
