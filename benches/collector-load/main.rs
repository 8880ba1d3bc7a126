//! Sends millions of spans to the program `skywalking-collector` by gRPC, queries it meanwhile, then
//! searches the full store.
//!
//! ```text
//! cargo build --release -p skywalking-collector
//! cargo run --release -p skywalking-benches --bin collector-load -- target/release/skywalking-collector
//! ```
//!
//! prints the rate, the memory of the program, and the times of the queries. The first argument is
//! the program, the second one the number of spans (2 000 000 by default), the third and fourth one
//! `--max-spans` and `--max-bytes` of the program (its defaults by default). Fails if a counter of the collector differs from what was sent, if a
//! query fails, or if the memory exceeds twice the limit of the store.

mod collector;
mod queries;
mod segments;
mod sender;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use collector::{Collector, Counters};
use queries::Times;
use segments::SPANS_OF_A_SEGMENT;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const SPANS: u64 = 2_000_000;
/// The collector's default limits.
const MAX_SPANS: u64 = 500_000;
const MAX_BYTES: u64 = 512 * MIB;
/// The number of times that each query runs on the full store.
const ROUNDS: usize = 100;
const MIB: u64 = 1024 * 1024;

/// Queried while the spans arrive.
const MEANWHILE: [&str; 4] =
    ["/api/stats", "/api/traces?limit=50", "/api/topology", "/healthcheck"];

/// Queried on the full store. The rare texts and tags are those of `segments`.
const SEARCHES: [&str; 12] = [
    "/api/traces?limit=50",
    "/api/traces?text=customer-4711&limit=50",
    "/api/traces?text=nowhere-to-be-found&limit=50",
    "/api/traces?tag=http.method%3DGET&limit=50",
    "/api/traces?tag=http.status_code%3D500&limit=50",
    "/api/traces?service=shop-3&limit=50",
    "/api/traces?endpoint=%2Fshop-3%2Fitems&limit=50",
    "/api/traces?minDuration=90&sort=duration&limit=50",
    "/api/traces?error=true&limit=50",
    "/api/histogram",
    "/api/topology",
    "/api/services",
];

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure(&error),
    };
    match runtime.block_on(run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure(&*error),
    }
}

fn failure(error: &dyn Error) -> ExitCode {
    println!("FAILED: {error}");
    ExitCode::FAILURE
}

async fn run() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or("usage: collector-load PROGRAM [SPANS] [OPTION..]")?;
    let spans: u64 = arguments.next().map_or(Ok(SPANS), |number| number.parse())?;
    let segments = spans / SPANS_OF_A_SEGMENT;
    let max_spans: u64 = arguments.next().map_or(Ok(MAX_SPANS), |number| number.parse())?;
    let max_bytes: u64 = arguments.next().map_or(Ok(MAX_BYTES), |number| number.parse())?;
    let collector = Collector::start(&program, max_spans, max_bytes)?;

    let (meanwhile, seconds) = load(&collector, segments).await?;
    let counters = collector.counters().await?;
    let memory = collector.memory()?;
    counters.check(segments)?;

    println!("| | |\n| --- | ---: |");
    println!("| segments sent | {segments} |");
    println!("| spans sent | {} |", segments * SPANS_OF_A_SEGMENT);
    println!("| seconds | {seconds:.1} |");
    #[expect(clippy::cast_precision_loss, reason = "a rate to print")]
    let rate = (segments * SPANS_OF_A_SEGMENT) as f64 / seconds;
    println!("| spans a second | {rate:.0} |");
    print_counters(&counters);
    println!("| memory of the program (RSS), MiB | {} |", memory.resident / MIB);
    println!("| its peak, MiB | {} |", memory.peak / MIB);
    println!("| limit of the store (`--max-bytes`), MiB | {} |", max_bytes / MIB);
    println!("| limit of the store (`--max-spans`) | {max_spans} |\n");
    println!("Every counter adds up.\n");

    println!("Queries while the spans arrive:\n");
    print_times(&meanwhile);

    println!("\nQueries on the full store, {ROUNDS} each:\n");
    let mut searches = Vec::new();
    for path in SEARCHES {
        searches.push((path, queries::repeat(collector.http, path, ROUNDS).await?));
    }
    print_times(&searches);

    let memory = collector.memory()?;
    println!(
        "\nMemory after the queries: {} MiB, peak {} MiB.",
        memory.resident / MIB,
        memory.peak / MIB
    );
    if memory.peak > 2 * max_bytes {
        return Err(format!(
            "{} MiB are more than twice the limit of the store",
            memory.peak / MIB
        )
        .into());
    }
    collector.end()
}

fn print_counters(counters: &Counters) {
    for (name, value) in [
        ("segments accepted", counters.segments_accepted),
        ("spans accepted", counters.spans_accepted),
        ("spans stored", counters.spans_stored),
        ("spans evicted", counters.spans_evicted),
        ("traces stored", counters.traces_stored),
        ("traces evicted", counters.traces_evicted),
        ("bytes stored, as the collector estimates, MiB", counters.bytes_stored / MIB),
    ] {
        println!("| {name} | {value} |");
    }
}

fn print_times(rows: &[(&str, Times)]) {
    println!("| query | number | median, ms | p95, ms | longest, ms | largest answer, bytes |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for (path, times) in rows {
        println!("| `{path}` | {times} |");
    }
}

/// Sends the segments, and repeats the queries until the last one is answered. Returns the times of
/// the queries, and the seconds of sending.
async fn load(collector: &Collector, segments: u64) -> Outcome<(Vec<(&'static str, Times)>, f64)> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut queries = Vec::new();
    for path in MEANWHILE {
        let (http, stopped) = (collector.http, stopped.clone());
        let running = tokio::spawn(queries::until(http, path, stopped, Duration::from_millis(100)));
        queries.push((path, running));
    }
    let begin = Instant::now();
    sender::send(collector.grpc, segments).await?;
    let seconds = begin.elapsed().as_secs_f64();
    stop.send(true)?;
    let mut times = Vec::new();
    for (path, running) in queries {
        times.push((path, running.await??));
    }
    Ok((times, seconds))
}
