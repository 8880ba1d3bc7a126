//! The demo: three services in a chain as child processes, an echo server without tracing at its
//! end, and an embedded collector that requires a token.
//!
//! | module | content |
//! | --- | --- |
//! | `chain` | the services: start, watch and stop |
//! | `echo` | the echo server |
//! | `requests` | the client of a user, without tracing |

mod chain;
mod echo;
mod requests;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use skywalking_collector::Collector;
use skywalking_examples::demo::{ExpectedTrace, tree_and_map};
use skywalking_examples::{Parent, print_line, termination};
use tokio::runtime::Runtime;

use crate::delivery::DeliveryCounts;
use crate::error::Error;
use chain::Chain;

pub(crate) const ABOUT: &str = "Run three services in a chain, an echo server and a collector; print the last trace and the service map";

/// How long to wait for the spans after the collector has confirmed them. They take longer than no
/// time only on a very busy machine.
const ARRIVAL: Duration = Duration::from_secs(30);

const EXPECTED: ExpectedTrace<'_> = ExpectedTrace(&[
    ("mack-1", "Entry", "POST:/mack"),
    ("mack-1", "Exit", "POST:/mack"),
    ("mack-2", "Entry", "POST:/mack"),
    ("mack-2", "Exit", "POST:/mack"),
    ("mack-3", "Entry", "POST:/mack"),
    ("mack-3", "Exit", "POST:/echo"),
]);

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Protocol of the reports
    #[arg(long, value_enum, value_name = "PROTOCOL", default_value = "grpc")]
    protocol: Protocol,
    /// Number of requests, sent concurrently
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    requests: u32,
    /// Delay of each handler
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500, value_parser = clap::value_parser!(u64).range(..=5000))]
    wait_ms: u64,
    /// Use a token that the collector refuses: the services still work, and count lost segments
    #[arg(long)]
    wrong_token: bool,
    /// Log the started processes and their ids to standard error
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Protocol {
    /// gRPC
    Grpc,
    /// HTTP, as JSON
    Http,
}

impl Protocol {
    /// Returns the value of `--protocol`.
    fn option_value(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::Http => "http",
        }
    }

    /// Returns the name for messages.
    fn name(self) -> &'static str {
        match self {
            Self::Grpc => "gRPC",
            Self::Http => "HTTP",
        }
    }
}

/// Runs the demo to its end or until Ctrl-C. No child is left running.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    let ended = runtime.block_on(async {
        tokio::select! {
            outcome = demo(options) => outcome,
            () = termination(Parent::None) => Err(Error::Cancelled),
        }
    });
    // Dropping the runtime would wait for responses that the collector is still writing.
    runtime.shutdown_background();
    ended
}

async fn demo(options: &Options) -> Result<(), Error> {
    let token = token();
    let collector = Collector::builder()
        .grpc_addr("127.0.0.1:0")
        .http_addr("127.0.0.1:0")
        .token(&token)
        .start()
        .await?;
    let backend = match options.protocol {
        Protocol::Grpc => collector.grpc_addr(),
        Protocol::Http => collector.http_addr(),
    };
    print_line(&format!("collector with a token on {backend} ({})", options.protocol.name()));
    let echo = echo::start().await?;
    print_line(&format!("echo server without tracing on {echo}"));

    let reporting = chain::Reporting {
        backend: backend.to_string(),
        protocol: options.protocol.option_value(),
        token: if options.wrong_token { "wrong".to_owned() } else { token },
    };
    let mut chain = Chain::start(echo, &reporting, options.wait_ms).await?;
    let traces = chain.watch(requests::send(chain.first(), options.requests)).await?;
    let counts = chain.stop().await?;
    show(options, &collector, &traces, counts).await
}

/// Prints the traces. All services have exited, so every segment has arrived or is lost.
async fn show(
    options: &Options,
    collector: &Collector,
    traces: &[String],
    counts: DeliveryCounts,
) -> Result<(), Error> {
    if counts.lost() > 0 {
        return Err(if options.wrong_token {
            Error::WrongToken(counts)
        } else {
            Error::Lost(counts)
        });
    }
    let last = EXPECTED.arrived(collector, traces, ARRIVAL).await?;
    print_line(&tree_and_map(collector, traces.len(), last.as_ref()));
    Ok(())
}

/// Returns a random token for this run.
fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
