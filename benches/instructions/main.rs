//! Counts instructions per span with valgrind's callgrind, for the thread that opens the span and
//! for all threads.
//!
//! ```text
//! cargo run --release -p skywalking-benches --bin instructions
//! ```
//!
//! prints a table. Each variant runs in two processes, with `ROUNDS` rounds and with twice as many.
//! The difference excludes the start of the process. "All threads" includes the reporter's encoding
//! and its ticks, so it varies a little between runs.

mod callgrind;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use skywalking_benches::workload::{
    ENTRY, async_child, bare, consume, display, drive, integer, literal, plain, polls, request,
    text,
};
use skywalking_runtime::{Config, config::Reporter, propagation::capture, span};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The number of spans in a round. A round is one segment, except for requests, which have a
/// segment each.
const SPANS: u32 = 200;
const ROUNDS: u32 = 20;

/// A row of the table, the work of a round, and the row whose cost is subtracted.
struct Variant {
    name: &'static str,
    round: fn(&mut String),
    minus: Option<usize>,
}

fn each(work: impl FnMut(u64)) {
    (0..u64::from(SPANS)).for_each(work);
}

/// Runs the work inside of one root, so that there is one hand-over in a round.
fn inside(work: impl FnMut(u64)) {
    span(&ENTRY).run(|| each(work));
}

const fn variant(name: &'static str, minus: Option<usize>, round: fn(&mut String)) -> Variant {
    Variant { name, round, minus }
}

static VARIANTS: [Variant; 11] = [
    variant("bare function", None, |_| inside(|x| consume(bare(x)))),
    variant("local span", Some(0), |_| inside(|x| consume(plain(x)))),
    variant("  with literal tags", Some(0), |_| inside(|x| consume(literal(x)))),
    variant("  with an integer tag", Some(0), |_| inside(|x| consume(integer(x)))),
    variant("  with a text tag", Some(0), |_| inside(|x| consume(text(x, "somebody")))),
    variant("  with a Display tag", Some(0), |_| inside(|x| consume(display(x)))),
    variant("async child, ready at once", None, |_| inside(|x| drive(async_child(x)))),
    variant("capture and drop", None, |_| inside(|_| drop(black_box(capture())))),
    variant("poll of a traced future", None, |_| {
        drive(span(&ENTRY).future(polls(u64::from(SPANS))));
    }),
    variant("root with hand-over", None, |_| each(|_| span(&ENTRY).run(|| ()))),
    variant("entry, 3 locals with a tag, exit", None, |header| each(|x| request(x, header))),
];

/// The path of [`work`].
const WORK: &str = "instructions::work";

/// The function that callgrind runs. Counting is reset here: a clock is calibrated before `main`.
#[inline(never)]
fn work(variant: &Variant, rounds: u32) -> Outcome<()> {
    let agent = Config::new("instructions").reporter(Reporter::Discard).start()?;
    let mut header = String::with_capacity(512);
    for _ in 0..rounds {
        (variant.round)(&mut header);
        agent.flush(Duration::from_secs(10));
    }
    let report = agent.shutdown(Duration::from_secs(10));
    let lost = report.dropped.total();
    if lost == 0 { Ok(()) } else { Err(format!("{lost} segments were dropped").into()) }
}

fn measure() -> Outcome<()> {
    let mut counts = Vec::with_capacity(VARIANTS.len());
    for index in 0..VARIANTS.len() {
        let once = callgrind::count(WORK, index, ROUNDS)?;
        let twice = callgrind::count(WORK, index, 2 * ROUNDS)?;
        let spans = f64::from(ROUNDS * SPANS);
        counts.push(((twice.caller - once.caller) / spans, (twice.all - once.all) / spans));
    }
    println!("{:34} {:>14} {:>12}", "instructions", "calling thread", "all threads");
    for (index, variant) in VARIANTS.iter().enumerate() {
        let of = |index: usize| counts.get(index).copied().unwrap_or_default();
        let (caller, all) = of(index);
        let (less, all_less) = variant.minus.map_or((0.0, 0.0), of);
        println!("{:34} {:14.1} {:12.1}", variant.name, caller - less, all - all_less);
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => measure(),
        // The process that callgrind runs.
        ["count", variant, rounds] => variant
            .parse()
            .ok()
            .and_then(|index: usize| VARIANTS.get(index))
            .ok_or_else(|| "unknown variant".into())
            .and_then(|variant| work(variant, rounds.parse()?)),
        _ => Err("usage: instructions".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}
