//! The parts that client and server share. Tracing starts first and ends last, and the counters are
//! printed at the end.

use std::future::Future;
use std::time::Duration;

use skywalking_examples::{Parent, print_line};
use skywalking_runtime::Config;
use tokio::runtime::Runtime;

use crate::counters;
use crate::error::Error;

/// A role of the program.
#[derive(Debug)]
pub(crate) struct Role {
    /// The name on the command line and in messages.
    pub(crate) name: &'static str,
    service: &'static str,
    instance: &'static str,
}

pub(crate) const CLIENT: Role =
    Role { name: "client", service: "RTS_Test", instance: "RTS_Test_1" };
pub(crate) const SERVER: Role =
    Role { name: "server", service: "Service_Test", instance: "Service_Test_1" };

/// How long reporting the last spans may take at exit, in seconds.
pub(crate) const FLUSH_SECONDS: u64 = 4;

/// The options for reporting.
#[derive(Debug, clap::Args)]
pub(crate) struct Reporting {
    /// Backend to report to
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
    /// Maximum time for reporting the last spans at exit
    #[arg(long, value_name = "SECONDS", default_value_t = FLUSH_SECONDS)]
    flush_seconds: u64,
    /// Set by the demo, which holds the other end of standard input
    #[arg(long, hide = true)]
    child: bool,
}

impl Reporting {
    pub(crate) fn parent(&self) -> Parent {
        if self.child { Parent::HoldsStdin } else { Parent::None }
    }
}

/// Runs `work` as a traced program. Reports its spans and prints the counters, even if it fails.
pub(crate) fn run(
    role: &Role,
    reporting: &Reporting,
    work: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    let deadline = Duration::from_secs(reporting.flush_seconds);
    let config = Config::new(role.service).instance(role.instance);
    let agent = config.backend(&reporting.backend).shutdown_timeout(deadline).start()?;

    let runtime = Runtime::new().map_err(Error::Runtime)?;
    let outcome = runtime.block_on(work);
    // Ends open spans before the agent is shut down, so that they are reported.
    drop(runtime);

    let report = agent.shutdown(deadline);
    print_line(&counters::line(role.name, &report.stats.to_json()));
    outcome
}
