//! Client and server. They are stopped at the same time, so that both report their last spans in
//! the same few seconds.

use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;
use skywalking_examples::demo::{Child, ChildError};
use skywalking_examples::print_line;

use crate::client::ANSWERED;
use crate::counters;
use crate::error::Error;
use crate::role::{self, Role};
use crate::server::LISTENING;

/// How long a child may take to exit, in addition to reporting its last spans.
const GRACE: Duration = Duration::from_millis(900);

/// Whether to print the counters of the children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PrintCounters {
    Yes,
    No,
}

/// The two children.
#[derive(Debug)]
pub(crate) struct Pair {
    client: Child,
    server: Child,
    flush: Duration,
    print: PrintCounters,
    counters: Vec<Value>,
}

impl Pair {
    /// Starts the server on a free port, then the client. `flush` limits the time for reporting the
    /// last spans of each.
    pub(crate) async fn start(
        requests: u32,
        backend: &str,
        flush: Duration,
        print: PrintCounters,
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

    /// Waits for all responses. Returns the trace ids in order.
    ///
    /// If a child exits early, stops the other one and returns an error.
    pub(crate) async fn responses(&mut self) -> Result<Vec<String>, Error> {
        let mut traces = Vec::new();
        loop {
            tokio::select! {
                line = self.client.line() => match line {
                    None => return Err(self.client_exited().await),
                    Some(line) if line.starts_with(ANSWERED) => return Ok(traces),
                    Some(line) => match line.strip_prefix("trace ") {
                        Some(id) => {
                            print_line(&line);
                            traces.push(id.to_owned());
                        }
                        None => self.handle_line(&line),
                    },
                },
                line = self.server.line() => match line {
                    None => return Err(self.server_exited().await),
                    Some(line) => self.handle_line(&line),
                },
            }
        }
    }

    /// Stops both at the same time, which reports the remaining spans.
    pub(crate) async fn stop(&mut self) -> Result<(), Error> {
        let (client, server) = self.wait_for_both(self.flush).await;
        for (child, status) in [(&self.server, server?), (&self.client, client?)] {
            if !status.success() {
                return Err(died(child, status));
            }
        }
        Ok(())
    }

    /// Returns the counters of the children that exited by themselves.
    pub(crate) fn counters(&self) -> &[Value] {
        &self.counters
    }

    async fn server_exited(&mut self) -> Error {
        let (_, server) = self.wait_for_both(self.flush_after_failure()).await;
        match server {
            Ok(status) => died(&self.server, status),
            Err(error) => error.into(),
        }
    }

    /// Returns the error after the client has exited. It exits when its connection breaks, so the
    /// error names the server if that has died too.
    async fn client_exited(&mut self) -> Error {
        let (client, server) = self.wait_for_both(self.flush_after_failure()).await;
        match (client, server) {
            (Ok(client), Ok(server)) if client.code().is_some() && !server.success() => {
                died(&self.server, server)
            }
            (Ok(status), _) => died(&self.client, status),
            (Err(error), _) => error.into(),
        }
    }

    /// Returns the flush time after a failure, which is the default one at most.
    fn flush_after_failure(&self) -> Duration {
        self.flush.min(Duration::from_secs(role::FLUSH_SECONDS))
    }

    async fn wait_for_both(
        &mut self,
        flush: Duration,
    ) -> (Result<ExitStatus, ChildError>, Result<ExitStatus, ChildError>) {
        self.server.request_exit();
        self.client.request_exit();
        let within = flush + GRACE;
        let (mut client_lines, mut server_lines) = (Vec::new(), Vec::new());
        let statuses = tokio::join!(
            self.client.wait(within, |line| client_lines.push(line)),
            self.server.wait(within, |line| server_lines.push(line))
        );
        for line in client_lines.iter().chain(&server_lines) {
            self.handle_line(line);
        }
        statuses
    }

    /// Handles a line other than a trace id. Ignores everything but counters.
    fn handle_line(&mut self, line: &str) {
        if let Some(counters) = counters::parse(line) {
            if self.print == PrintCounters::Yes {
                print_line(line);
            }
            self.counters.push(counters);
        }
    }
}

/// Starts this program in a role.
fn start(role: &Role, arguments: &[&str]) -> Result<Child, ChildError> {
    let name = format!("the {}", role.name);
    let mut command = Child::command(&name)?;
    command.arg(role.name).args(arguments).arg("--child");
    Child::start(&name, command)
}

fn died(child: &Child, status: ExitStatus) -> Error {
    ChildError::Died { name: child.name().to_owned(), status }.into()
}
