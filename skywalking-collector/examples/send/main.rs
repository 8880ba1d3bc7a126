//! Sends example data to a collector, as agents send it: gRPC, several services and instances.
//!
//! ```text
//! cargo run -p skywalking-collector --example send -- shop --seconds 60
//! ```
//!
//! The same seed sends the same traces with the same ids. Only their times differ.
//!
//! | module | content |
//! | --- | --- |
//! | `shop` | a shop of eight services: its requests with errors, slow statements and jobs |
//! | `unusual` | what an agent should not send, or sends rarely: violations, missing parents, splits |
//! | `large` | a trace of many spans, and many services |
//! | `hostile` | texts that a page must not interpret |
//! | `trace` | a builder of traces |
//! | `random` | numbers from a seed |
//! | `records` | logs, meters and events of the shop |
//! | `report` | the gRPC calls |

mod hostile;
mod large;
mod random;
mod records;
mod report;
mod shop;
mod trace;
mod unusual;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Parser, Subcommand};

use random::Random;
use report::{Error, Reporter};

/// Sends example data to a collector.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    mode: Mode,
    /// Address of the collector's gRPC port
    #[arg(long, global = true, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    to: String,
    /// Token that the collector requires
    #[arg(long, global = true, value_name = "TOKEN", env = "SW_COLLECTOR_TOKEN")]
    token: Option<String>,
    /// Start of the random numbers, which also determine the ids
    #[arg(long, global = true, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Mode {
    /// A shop of eight services: ten minutes of the past, then requests as they happen
    Shop {
        /// How long to send requests as they happen
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        seconds: u64,
        /// Requests a second
        #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
        rate: u64,
        /// Requests of the past
        #[arg(long, value_name = "NUMBER", default_value_t = 200)]
        past: u32,
    },
    /// One trace, wide and deep
    Spans {
        #[arg(value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        number: u32,
    },
    /// Services in layers that call each other
    Map {
        #[arg(value_name = "SERVICES", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        services: u32,
    },
    /// Names, tags and logs that hold markup, control characters and very long texts
    HostileText,
    /// Instances without traces
    Empty,
}

impl Mode {
    const fn name(self) -> &'static str {
        match self {
            Self::Shop { .. } => "shop",
            Self::Spans { .. } => "spans",
            Self::Map { .. } => "map",
            Self::HostileText => "hostile-text",
            Self::Empty => "empty",
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let options = Options::parse();
    let mut reporter = Reporter::connect(&options.to, options.token.as_deref()).await?;
    let mut random = Random::new(options.seed, options.mode.name());
    match options.mode {
        Mode::Shop { seconds, rate, past } => {
            reporter.instances(&shop::SERVICES).await?;
            send_meters(&mut reporter, options.seed).await?;
            send_past(&mut reporter, &mut random, past).await?;
            send_live(&mut reporter, &mut random, seconds, rate).await?;
        }
        Mode::Spans { number } => {
            reporter.segments(large::spans(&mut random, now() - 60_000, number)).await?;
        }
        Mode::Map { services } => {
            for trace in large::map(&mut random, now() - 300_000, services) {
                reporter.segments(trace).await?;
            }
        }
        Mode::HostileText => {
            for trace in hostile::traces(&mut random, now() - 10_000) {
                reporter.logs(records::hostile_logs(&trace)).await?;
                reporter.segments(trace).await?;
            }
        }
        Mode::Empty => reporter.instances(&shop::SERVICES).await?,
    }
    println!("sent {} segments, {} spans", reporter.segments, reporter.spans);
    Ok(())
}

/// Sends requests of the last ten minutes, and one trace of each unusual kind.
async fn send_past(reporter: &mut Reporter, random: &mut Random, past: u32) -> Result<(), Error> {
    const MINUTES: i64 = 10;
    let now = now();
    for number in 0..past {
        let before = MINUTES * 60_000 * i64::from(past - number) / i64::from(past);
        let request = shop::request(random, now - before - 2_000);
        reporter.logs(records::logs(&request)).await?;
        reporter.segments(request).await?;
    }
    for trace in unusual::traces(random, now - 30_000) {
        reporter.segments(trace).await?;
    }
    Ok(())
}

/// Sends the meters of the last ten minutes, and the events of the start.
async fn send_meters(reporter: &mut Reporter, seed: u64) -> Result<(), Error> {
    const REPORTS: i64 = 30;
    let random = &mut Random::new(seed, "records");
    let start = now() - REPORTS * 20_000;
    for (service, _) in shop::SERVICES {
        for number in 1..=2 {
            let instance = format!("{service}-{number}");
            reporter.events(records::events(random, service, &instance, start)).await?;
            for report in 0..REPORTS {
                let time = start + 20_000 * report;
                let meters = records::meters(random, service, &instance, time, report);
                reporter.meters(meters).await?;
            }
        }
    }
    Ok(())
}

/// Sends requests that end about now.
async fn send_live(
    reporter: &mut Reporter,
    random: &mut Random,
    seconds: u64,
    rate: u64,
) -> Result<(), Error> {
    let mut tick = tokio::time::interval(Duration::from_secs(1) / u32::try_from(rate).unwrap_or(1));
    for _ in 0..seconds * rate {
        tick.tick().await;
        let request = shop::request(random, now() - 100);
        reporter.logs(records::logs(&request)).await?;
        reporter.segments(request).await?;
    }
    Ok(())
}

/// Returns the time in epoch milliseconds.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
