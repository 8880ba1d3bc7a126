//! The demo: client and server as child processes (`pair`). They report to an embedded collector or
//! to a running backend.

mod pair;

use std::future::Future;
use std::time::Duration;

use pair::{Pair, PrintCounters};
use skywalking_collector::{Collector, TraceView};
use skywalking_examples::demo::{ExpectedTrace, tree_and_map, urls};
use skywalking_examples::{Parent, print_line, termination};
use tokio::runtime::Runtime;

use crate::counters;
use crate::error::Error;
use crate::role::FLUSH_SECONDS;

/// How long to wait for the spans after the last response.
const ARRIVAL: Duration = Duration::from_secs(30);

const EXPECTED: ExpectedTrace<'_> = ExpectedTrace(&[
    ("RTS_Test", "Entry", "/API/Snapshot"),
    ("RTS_Test", "Exit", "/Service/OnSnapshot"),
    ("Service_Test", "Entry", "/Service/OnSnapshot/QueringSnapshot"),
    ("Service_Test", "Exit", "/database/QuerySnapshot"),
]);

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Number of requests, sent one after the other
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    /// Report to this backend, such as an OAP, instead of an embedded collector; prints counters
    /// instead of the tree
    #[arg(long, value_name = "HOST:PORT")]
    backend: Option<String>,
    /// Keep running after the tree until Ctrl-C; prints the URLs of the collector's pages and JSON
    #[arg(long, conflicts_with = "backend")]
    serve: bool,
    /// Log the started processes and their ids to standard error
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// Runs the demo to its end or until Ctrl-C. No child is left running.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    let ended = runtime.block_on(async {
        let mut termination = std::pin::pin!(termination(Parent::None));
        if let Some(backend) = &options.backend {
            return or_cancelled(termination, with_backend(options.requests, backend)).await;
        }
        let (collector, last) =
            or_cancelled(termination.as_mut(), with_collector(options.requests)).await?;
        if options.serve {
            print_line(&urls(collector.http_addr(), last.as_ref()));
            termination.await;
        }
        collector.shutdown().await;
        Ok(())
    });
    // Dropping the runtime would wait for responses that the collector is still writing.
    runtime.shutdown_background();
    ended
}

async fn or_cancelled<T>(
    termination: impl Future<Output = ()>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::select! {
        outcome = work => outcome,
        () = termination => Err(Error::Cancelled),
    }
}

/// Reports to a running backend. Lost spans are not an error, as long as all requests succeed.
async fn with_backend(requests: u32, backend: &str) -> Result<(), Error> {
    let flush = Duration::from_secs(FLUSH_SECONDS);
    let mut pair = Pair::start(requests, backend, flush, PrintCounters::Yes).await?;
    let outcome = match pair.responses().await {
        Ok(_) => pair.stop().await,
        Err(error) => Err(error),
    };
    print_line(&counters::sums(pair.counters()));
    outcome
}

/// Reports to an embedded collector. Returns it with all traces, and the last trace.
async fn with_collector(requests: u32) -> Result<(Collector, Option<TraceView>), Error> {
    let collector =
        Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0").start().await?;
    let mut pair =
        Pair::start(requests, &collector.grpc_addr().to_string(), ARRIVAL, PrintCounters::No)
            .await?;
    let traces = pair.responses().await?;
    // Concurrently: the children report the remaining spans as they exit.
    let arrival =
        async { EXPECTED.arrived(&collector, &traces, ARRIVAL).await.map_err(Error::from) };
    let arrived = tokio::try_join!(arrival, pair.stop());
    let (last, ()) =
        arrived.inspect_err(|_| tracing::warn!("counters: {}", counters::sums(pair.counters())))?;
    print_line(&tree_and_map(&collector, traces.len(), last.as_ref()));
    Ok((collector, last))
}
