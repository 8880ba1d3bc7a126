//! Loads the gRPC reporter and compares its counts with those of the backend.
//!
//! `throughput` finishes 50 000 segments of 5 spans a second for 8 s, over a link with 200 ms
//! between a call and its answer, to backends with receive windows of 8 MiB and of 1 MiB. `faults
//! SECONDS [SEED]` finishes segments while the backend resets and refuses calls, answers early,
//! closes connections with `GOAWAY` and goes away. It exits with 1 if the counts disagree.

mod link;
mod program;
mod sink;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use skywalking_runtime::stats::Report;
use skywalking_runtime::{Agent, Config};

use self::sink::{Behavior, Counts, Sink};

const RATE: u64 = 50_000;
const MIB: u32 = 1024 * 1024;
const DELAY: Duration = Duration::from_millis(100);
/// How long a shutdown may take.
const END: Duration = Duration::from_secs(30);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["throughput"] => throughput(),
        ["faults", seconds] => faults(seconds.parse()?, 1),
        ["faults", seconds, seed] => faults(seconds.parse()?, seed.parse()?),
        _ => {
            eprintln!("usage: reporter-load throughput | reporter-load faults SECONDS [SEED]");
            Ok(ExitCode::from(2))
        }
    }
}

fn agent(backend: &str) -> Result<Agent, skywalking_runtime::Error> {
    Config::new("reporter-load").instance("reporter-load_1").backend(backend).start()
}

fn throughput() -> Result<ExitCode, Box<dyn Error>> {
    println!("| window | finished/s | sent/s | sent | lost | queue full | other losses |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut exit = ExitCode::SUCCESS;
    for mib in [8, 1] {
        let sink = Sink::start(mib * MIB, Behavior::Counting)?;
        let link = link::start(sink.address(), DELAY)?;
        let agent = agent(&link.to_string())?;
        agent.wait_until_registered(END);
        let began = Instant::now();
        program::run(RATE, Duration::from_secs(8));
        let finished = began.elapsed();
        let report = agent.shutdown(END);
        let took = began.elapsed();
        let (sent, lost) = (report.sent, report.dropped.total());
        println!(
            "| {mib} MiB | {} | {} | {sent} | {lost} | {} | {} |",
            per_second(sent + lost, finished),
            per_second(sent, took),
            report.dropped.queue_full,
            lost - report.dropped.queue_full,
        );
        if !agrees(&report, &sink.counts()) {
            exit = ExitCode::FAILURE;
        }
    }
    Ok(exit)
}

fn per_second(number: u64, time: Duration) -> u64 {
    number * 1_000 / u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn faults(seconds: u64, seed: u64) -> Result<ExitCode, Box<dyn Error>> {
    let sink = Sink::start(MIB, Behavior::Faulty(seed))?;
    let agent = agent(&sink.address().to_string())?;
    agent.wait_until_registered(END);
    program::run(RATE / 5, Duration::from_secs(seconds));
    sink.behave();
    let report = agent.shutdown(END);
    let counts = sink.counts();
    println!("agent: {report:?}\nbackend: {counts:?}");
    Ok(if agrees(&report, &counts) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Compares the counts of the agent with those of the backend.
fn agrees(report: &Report, counts: &Counts) -> bool {
    let stats = &report.stats;
    let possible = report.sent + report.dropped.unconfirmed + report.dropped.refused;
    let checks = [
        ("a segment arrived twice", counts.duplicates == 0),
        ("fewer segments arrived than were sent", report.sent <= counts.arrived),
        ("more segments arrived than were sent or unconfirmed", counts.arrived <= possible),
        ("a segment is pending", stats.open + stats.queued + stats.in_flight == 0),
        ("a segment is not counted", stats.finished == stats.sent + stats.dropped.total()),
    ];
    for (problem, _) in checks.iter().filter(|(_, holds)| !holds) {
        eprintln!("{problem}: {report:?} {counts:?}");
    }
    checks.iter().all(|(_, holds)| *holds)
}
