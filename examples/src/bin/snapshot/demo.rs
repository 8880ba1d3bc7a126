//! The demo: client and server as child processes, reporting to an embedded collector or to a
//! backend that runs already.
//!
//! | file | what it does |
//! | --- | --- |
//! | `pair` | both together: started, watched at once, ended at once |
//!
//! What it has in common with the demo of `mack` is in the library of the examples.

mod pair;

use std::future::Future;
use std::time::Duration;

use pair::{Counters, Pair};
use skywalking_collector::{Collector, TraceView};
use skywalking_examples::demo::{WholeTrace, addresses, tree_and_map};
use skywalking_examples::{Parent, asked_to_end, say};
use tokio::runtime::Runtime;

use crate::counters;
use crate::error::Error;
use crate::role::FLUSH_SECONDS;

/// How long the spans may take to arrive at the embedded collector, after the last answer.
const ARRIVAL: Duration = Duration::from_secs(30);

const WHOLE: WholeTrace<'_> = WholeTrace(&[
    ("RTS_Test", "Entry", "/API/Snapshot"),
    ("RTS_Test", "Exit", "/Service/OnSnapshot"),
    ("Service_Test", "Entry", "/Service/OnSnapshot/QueringSnapshot"),
    ("Service_Test", "Exit", "/database/QuerySnapshot"),
]);

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many requests the client sends, one after the other
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    /// Report to this backend, a real OAP for one, instead of to an embedded collector; prints
    /// counters instead of the tree
    #[arg(long, value_name = "HOST:PORT")]
    backend: Option<String>,
    /// Stay up after the tree, until Ctrl-C; prints where the collector answers with JSON
    #[arg(long, conflicts_with = "backend")]
    serve: bool,
    /// Say on standard error what is started and with which process id
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// Runs the demo until its end or Ctrl-C. On every way out the children are gone.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    let ended = runtime.block_on(async {
        let mut asked_to_end = std::pin::pin!(asked_to_end(Parent::None));
        if let Some(backend) = &options.backend {
            return or_cancelled(asked_to_end, with_backend(options.requests, backend)).await;
        }
        let (collector, last) =
            or_cancelled(asked_to_end.as_mut(), with_collector(options.requests)).await?;
        if options.serve {
            say(&addresses(collector.http_addr(), last.as_ref()));
            asked_to_end.await;
        }
        collector.shutdown().await;
        Ok(())
    });
    // Dropped, it would wait for answers of the collector that are still being written.
    runtime.shutdown_background();
    ended
}

async fn or_cancelled<T>(
    asked_to_end: impl Future<Output = ()>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::select! {
        outcome = work => outcome,
        () = asked_to_end => Err(Error::Cancelled),
    }
}

/// Whatever was lost on the way to the backend, the requests were answered: that is what counts.
async fn with_backend(requests: u32, backend: &str) -> Result<(), Error> {
    let flush = Duration::from_secs(FLUSH_SECONDS);
    let mut pair = Pair::start(requests, backend, flush, Counters::Print).await?;
    let outcome = match pair.answers().await {
        Ok(_) => pair.end().await,
        Err(error) => Err(error),
    };
    say(&counters::sums(pair.counters()));
    outcome
}

/// The collector with all traces in it, and the last of them.
async fn with_collector(requests: u32) -> Result<(Collector, Option<TraceView>), Error> {
    let collector =
        Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0").start().await?;
    let mut pair =
        Pair::start(requests, &collector.grpc_addr().to_string(), ARRIVAL, Counters::Keep).await?;
    let traces = pair.answers().await?;
    // Both at once: the children report what is left as they end.
    let arrival = async { WHOLE.arrived(&collector, &traces, ARRIVAL).await.map_err(Error::from) };
    let arrived = tokio::try_join!(arrival, pair.end());
    let (last, ()) =
        arrived.inspect_err(|_| tracing::warn!("counters: {}", counters::sums(pair.counters())))?;
    say(&tree_and_map(&collector, traces.len(), last.as_ref()));
    Ok((collector, last))
}
