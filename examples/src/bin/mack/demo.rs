//! The demo: three services in a chain as child processes, an echo server behind them that is not
//! traced, and an embedded collector that asks for a token.
//!
//! | file | what it does |
//! | --- | --- |
//! | `chain` | the services: started one behind the other, watched at once, ended at once |
//! | `echo` | the end of the chain |
//! | `requests` | a user's client, which is not traced either |

mod chain;
mod echo;
mod requests;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use skywalking_collector::Collector;
use skywalking_examples::demo::{WholeTrace, tree_and_map};
use skywalking_examples::{Parent, asked_to_end, say};
use tokio::runtime::Runtime;

use crate::account::Account;
use crate::error::Error;
use chain::Chain;

pub(crate) const ABOUT: &str = "Start three of them in a chain, an echo server and a collector; print the last trace and the map";

/// How long the spans may take to arrive after the collector has confirmed them: no time, unless
/// the machine is very busy.
const ARRIVAL: Duration = Duration::from_secs(30);

const WHOLE: WholeTrace<'_> = WholeTrace(&[
    ("mack-1", "Entry", "POST:/mack"),
    ("mack-1", "Exit", "POST:/mack"),
    ("mack-2", "Entry", "POST:/mack"),
    ("mack-2", "Exit", "POST:/mack"),
    ("mack-3", "Entry", "POST:/mack"),
    ("mack-3", "Exit", "POST:/echo"),
]);

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How the services report
    #[arg(long, value_enum, value_name = "PROTOCOL", default_value = "grpc")]
    protocol: Protocol,
    /// How many requests are sent, all at once
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    requests: u32,
    /// How long each handler waits
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500, value_parser = clap::value_parser!(u64).range(..=5000))]
    wait_ms: u64,
    /// Give the services a token that the collector refuses: they go on answering, and count what
    /// they lose
    #[arg(long)]
    wrong_token: bool,
    /// Say on standard error what is started and with which process id
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Protocol {
    /// By gRPC
    Grpc,
    /// By HTTP, as JSON
    Http,
}

impl Protocol {
    /// What `--protocol` of a service takes.
    fn name(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::Http => "http",
        }
    }

    /// The word for it.
    fn word(self) -> &'static str {
        match self {
            Self::Grpc => "gRPC",
            Self::Http => "HTTP",
        }
    }
}

/// Runs the demo until its end or Ctrl-C. On every way out the children are gone.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    let ended = runtime.block_on(async {
        tokio::select! {
            outcome = demo(options) => outcome,
            () = asked_to_end(Parent::None) => Err(Error::Cancelled),
        }
    });
    // Dropped, it would wait for answers of the collector that are still being written.
    runtime.shutdown_background();
    ended
}

async fn demo(options: &Options) -> Result<(), Error> {
    let token = token();
    let collector = Collector::builder()
        .grpc_addr("127.0.0.1:0")
        .http_addr("127.0.0.1:0")
        .require_token(&token)
        .start()
        .await?;
    let backend = match options.protocol {
        Protocol::Grpc => collector.grpc_addr(),
        Protocol::Http => collector.http_addr(),
    };
    say(&format!("a collector that asks for a token, on {backend} by {}", options.protocol.word()));
    let echo = echo::start().await?;
    say(&format!("an echo server that is not traced, on {echo}"));

    let reporting = chain::Reporting {
        backend: backend.to_string(),
        protocol: options.protocol.name(),
        token: if options.wrong_token { "wrong".to_owned() } else { token },
    };
    let mut chain = Chain::start(echo, &reporting, options.wait_ms).await?;
    let traces = chain.during(requests::send(chain.first(), options.requests)).await?;
    let account = chain.end().await?;
    shown(options, &collector, &traces, account).await
}

/// All services have ended: what they sent is there, and what they lost will never come.
async fn shown(
    options: &Options,
    collector: &Collector,
    traces: &[String],
    account: Account,
) -> Result<(), Error> {
    if account.lost() > 0 {
        return Err(if options.wrong_token {
            Error::WrongToken(account)
        } else {
            Error::Lost(account)
        });
    }
    let last = WHOLE.arrived(collector, traces, ARRIVAL).await?;
    say(&tree_and_map(collector, traces.len(), last.as_ref()));
    Ok(())
}

/// A token for this run: nobody else has to know it.
fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
