//! The services: started one behind the other, watched at once, ended at once, so that all report
//! their last spans in the same few seconds.

use std::future::Future;
use std::time::Duration;

use futures::future;
use skywalking_examples::demo::{Child, ChildError};
use skywalking_examples::say;

use crate::account::Account;
use crate::error::Error;
use crate::options::FLUSH;
use crate::server::LISTENING;

/// How long the end of a child may take beyond the time for its last spans.
const GRACE: Duration = Duration::from_secs(3);

/// Where the services report.
pub(super) struct Reporting {
    pub(super) backend: String,
    pub(super) protocol: &'static str,
    pub(super) token: String,
}

/// The services, the first one first.
pub(super) struct Chain {
    services: Vec<Child>,
    first: String,
}

impl Chain {
    /// Starts them, the last one first, each on a free port and with the address of the one behind
    /// it.
    pub(super) async fn start(
        echo: String,
        reporting: &Reporting,
        wait_ms: u64,
    ) -> Result<Self, Error> {
        let (mut services, mut upstream) = (Vec::new(), echo);
        for name in ["mack-3", "mack-2", "mack-1"] {
            let mut service = start(name, &upstream, reporting, wait_ms)?;
            let url = service.listening(LISTENING).await?;
            say(&format!("{name} on {url}, which calls {upstream}"));
            services.insert(0, service);
            upstream = url;
        }
        Ok(Self { services, first: upstream })
    }

    /// Where the first one is called.
    pub(super) fn first(&self) -> String {
        self.first.clone()
    }

    /// Does something with them. A service that ends meanwhile is the error.
    pub(super) async fn during<T>(
        &mut self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        tokio::select! {
            outcome = work => outcome,
            fallen = self.fallen() => Err(fallen),
        }
    }

    /// Ends all at once, which reports what is left; says of each what it sent and lost, and gives
    /// the sum.
    pub(super) async fn end(&mut self) -> Result<Account, Error> {
        self.services.iter_mut().for_each(Child::ask_to_end);
        let accounts = future::join_all(self.services.iter_mut().map(ended)).await;
        let mut sum = Account::default();
        say("");
        for (service, account) in self.services.iter().zip(accounts) {
            let account = account?;
            say(&format!("{} ended: {account}", service.name()));
            sum = sum + account;
        }
        Ok(sum)
    }

    /// Comes back when a service has ended by itself.
    async fn fallen(&mut self) -> Error {
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
    // What is set for another program shall not change the demo.
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

/// Waits for the end of a service; gives its account, which is the last thing that it says.
async fn ended(service: &mut Child) -> Result<Account, Error> {
    let mut account = None;
    let status =
        service.ended(FLUSH + GRACE, |line| account = Account::read(&line).or(account)).await?;
    match account {
        Some(account) if status.success() => Ok(account),
        _ => Err(ChildError::Died { name: service.name().to_owned(), status }.into()),
    }
}
