//! What client and server have in common as programs: tracing starts first and ends last, and the
//! counters are the last word.

use std::future::Future;
use std::time::Duration;

use skywalking_examples::{Parent, say};
use skywalking_runtime::Config;
use tokio::runtime::Runtime;

use crate::counters;
use crate::error::Error;

/// Who a program is.
#[derive(Debug)]
pub(crate) struct Role {
    /// The word for it on the command line and in messages.
    pub(crate) name: &'static str,
    service: &'static str,
    instance: &'static str,
}

pub(crate) const CLIENT: Role =
    Role { name: "client", service: "RTS_Test", instance: "RTS_Test_1" };
pub(crate) const SERVER: Role =
    Role { name: "server", service: "Service_Test", instance: "Service_Test_1" };

/// How long the last spans may take to be reported, in seconds. A user waits for the end of a
/// program no longer than that.
pub(crate) const FLUSH_SECONDS: u64 = 4;

/// Where spans go, and until when.
#[derive(Debug, clap::Args)]
pub(crate) struct Reporting {
    /// Where to report
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
    /// How long the last spans may take to be reported
    #[arg(long, value_name = "SECONDS", default_value_t = FLUSH_SECONDS)]
    flush_seconds: u64,
    /// Started by the demo, which holds the other end of standard input
    #[arg(long, hide = true)]
    child: bool,
}

impl Reporting {
    pub(crate) fn parent(&self) -> Parent {
        if self.child { Parent::HoldsStdin } else { Parent::None }
    }
}

/// Runs `work` as a traced program. However it ends, the spans that were made are reported, and
/// counted on standard output.
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
    // Before the shutdown: what is still open ends here, and is reported with the rest.
    drop(runtime);

    let report = agent.shutdown(deadline);
    say(&counters::line(role.name, &report.stats.to_json()));
    outcome
}
