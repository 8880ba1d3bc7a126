//! The services. They are stopped at the same time, so that all report their last spans in the same
//! few seconds.

use std::future::Future;
use std::time::Duration;

use futures::future;
use skywalking_examples::demo::{Child, ChildError};
use skywalking_examples::print_line;

use crate::delivery::DeliveryCounts;
use crate::error::Error;
use crate::options::FLUSH;
use crate::server::LISTENING;

/// How long a child may take to exit, in addition to reporting its last spans.
const GRACE: Duration = Duration::from_secs(3);

/// The options for reporting.
pub(super) struct Reporting {
    pub(super) backend: String,
    pub(super) protocol: &'static str,
    pub(super) token: String,
}

/// The services, in the order of the calls.
pub(super) struct Chain {
    services: Vec<Child>,
    first: String,
}

impl Chain {
    /// Starts the services on free ports, the last one first, each with the address of the next
    /// one.
    pub(super) async fn start(
        echo: String,
        reporting: &Reporting,
        wait_ms: u64,
    ) -> Result<Self, Error> {
        let (mut services, mut upstream) = (Vec::new(), echo);
        for name in ["mack-3", "mack-2", "mack-1"] {
            let mut service = start(name, &upstream, reporting, wait_ms)?;
            let url = service.listening(LISTENING).await?;
            print_line(&format!("{name} on {url} calls {upstream}"));
            services.insert(0, service);
            upstream = url;
        }
        Ok(Self { services, first: upstream })
    }

    /// Returns the URL of the first service.
    pub(super) fn first(&self) -> String {
        self.first.clone()
    }

    /// Runs `work`. Returns an error if a service exits meanwhile.
    pub(super) async fn watch<T>(
        &mut self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        tokio::select! {
            outcome = work => outcome,
            error = self.exited() => Err(error),
        }
    }

    /// Stops all services at the same time, which reports the remaining spans. Prints what each has
    /// sent and lost, and returns the sum.
    pub(super) async fn stop(&mut self) -> Result<DeliveryCounts, Error> {
        self.services.iter_mut().for_each(Child::request_exit);
        let counts = future::join_all(self.services.iter_mut().map(stopped)).await;
        let mut sum = DeliveryCounts::default();
        print_line("");
        for (service, counts) in self.services.iter().zip(counts) {
            let counts = counts?;
            print_line(&format!("{} exited: {counts}", service.name()));
            sum = sum + counts;
        }
        Ok(sum)
    }

    /// Completes when a service has exited by itself.
    async fn exited(&mut self) -> Error {
        let ends = self.services.iter_mut().map(|service| {
            Box::pin(async {
                while service.line().await.is_some() {}
                service.died(GRACE, drop).await
            })
        });
        let (error, ..) = future::select_all(ends).await;
        error.into()
    }
}

fn start(
    name: &str,
    upstream: &str,
    reporting: &Reporting,
    wait_ms: u64,
) -> Result<Child, ChildError> {
    let mut command = Child::command(name)?;
    // Variables that are set for other programs must not change the demo.
    for (variable, _) in std::env::vars_os()
        .filter(|(variable, _)| variable.to_string_lossy().starts_with("SW_AGENT_"))
    {
        command.env_remove(variable);
    }
    command.args(["--service-name", name, "--listen-addr", ":0", "--upstream-url", upstream]);
    command.args([
        "--oap-server",
        &reporting.backend,
        "--protocol",
        reporting.protocol,
        "--wait-ms",
        &wait_ms.to_string(),
    ]);
    command.arg("--child").env("SW_AGENT_AUTHENTICATION", &reporting.token);
    Child::start(name, command)
}

/// Waits for the exit of a service. Returns its counts, which it prints last.
async fn stopped(service: &mut Child) -> Result<DeliveryCounts, Error> {
    let mut counts = None;
    let status = service
        .wait(FLUSH + GRACE, |line| counts = DeliveryCounts::parse(&line).or(counts))
        .await?;
    match counts {
        Some(counts) if status.success() => Ok(counts),
        _ => Err(ChildError::Died { name: service.name().to_owned(), status }.into()),
    }
}
