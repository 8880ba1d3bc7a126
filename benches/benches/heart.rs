//! Compares spans on the calling thread with the floor. Hand-over and encoding are measured
//! separately: see the documentation of the crate.
#![allow(unsafe_code)] // the floor reads the time-stamp counter, as the tracer does

use std::hint::black_box;
use std::time::{Duration, Instant};

use skywalking_benches::workload::{
    ENTRY, EXIT, async_child, bare, consume, display, drive, integer, literal, plain, polls,
    request, text,
};
use skywalking_runtime::{Callsite, Config, config::Reporter, propagation::capture, span};

const ROUNDS: usize = 2_001;
const SPANS: u64 = 200;
/// The number of spans in a round, as a divisor.
const EACH: f64 = 200.0;

#[derive(Clone, Copy)]
struct Floor {
    start: u64,
    end: u64,
    _callsite: &'static Callsite,
    _rest: u64,
}

fn counter() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reading the time-stamp counter has no precondition.
    return unsafe { core::arch::x86_64::_rdtsc() };
    #[cfg(not(target_arch = "x86_64"))]
    return u64::try_from(Instant::now().elapsed().as_nanos()).unwrap_or(0);
}

#[inline(never)]
fn floor(records: &mut Vec<Floor>) {
    let at = records.len();
    records.push(Floor { start: counter(), end: 0, _callsite: &ENTRY, _rest: 0 });
    if let Some(record) = records.get_mut(at) {
        record.end = counter();
        black_box(record.end - record.start);
    }
}

/// Returns the duration of `work` in nanoseconds.
fn time(work: impl FnOnce()) -> f64 {
    let from = Instant::now();
    work();
    from.elapsed().as_secs_f64() * 1e9
}

/// As `time`, inside of a root that is already open, so without the hand-over.
fn inside(work: impl FnOnce()) -> f64 {
    span(&ENTRY).run(|| time(work))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The measurements of a round, in the order of the table: the name, and whether the cost of
/// calling the bare function is subtracted.
const VARIANTS: [(&str, bool); 14] = [
    ("floor: two counter reads, one record", false),
    ("bare function", false),
    ("local span", true),
    ("  with literal tags", true),
    ("  with an integer tag", true),
    ("  with a text tag", true),
    ("  with a Display tag", true),
    ("child by hand", false),
    ("capture and drop", false),
    ("async child, ready at once", false),
    ("poll of a future, bare", false),
    ("poll of a traced future", false),
    ("root with hand-over", false),
    ("entry, 3 locals with a tag, exit with header", false),
];

fn round(records: &mut Vec<Floor>, header: &mut String) -> [f64; VARIANTS.len()] {
    records.clear();
    [
        time(|| (0..SPANS).for_each(|_| floor(records))),
        time(|| (0..SPANS).for_each(|x| consume(bare(x)))),
        inside(|| (0..SPANS).for_each(|x| consume(plain(x)))),
        inside(|| (0..SPANS).for_each(|x| consume(literal(x)))),
        inside(|| (0..SPANS).for_each(|x| consume(integer(x)))),
        inside(|| (0..SPANS).for_each(|x| consume(text(x, "somebody")))),
        inside(|| (0..SPANS).for_each(|x| consume(display(x)))),
        inside(|| (0..SPANS).for_each(|_| drop(span(&EXIT).enter()))),
        inside(|| (0..SPANS).for_each(|_| drop(black_box(capture())))),
        inside(|| (0..SPANS).for_each(|x| drive(async_child(x)))),
        time(|| drive(polls(SPANS))),
        time(|| drive(span(&ENTRY).future(polls(SPANS)))),
        time(|| (0..SPANS).for_each(|_| span(&ENTRY).run(|| ()))),
        time(|| (0..SPANS).for_each(|x| request(x, header))),
    ]
}

fn main() {
    let mut records = Vec::with_capacity(1_024);
    let mut header = String::with_capacity(512);
    let off =
        median((0..101).map(|_| time(|| (0..SPANS).for_each(|x| consume(plain(x))))).collect());
    let bare_off =
        median((0..101).map(|_| time(|| (0..SPANS).for_each(|x| consume(bare(x))))).collect());

    let agent = Config::new("benches").reporter(Reporter::Discard).start().expect("a tracer");
    let mut rounds = Vec::with_capacity(ROUNDS);
    for at in 0..ROUNDS + 100 {
        let round = round(&mut records, &mut header);
        // The first rounds warm buffers and caches.
        if at >= 100 {
            rounds.push(round);
        }
        if at % 100 == 0 {
            agent.flush(Duration::from_secs(10));
        }
    }
    let report = agent.shutdown(Duration::from_secs(10));

    println!("{:46} {:>9} {:>8}", "per span", "ns", "x floor");
    for (at, (name, minus_bare)) in VARIANTS.iter().enumerate() {
        let cost = |round: &[f64; VARIANTS.len()]| {
            if *minus_bare { round[at] - round[1] } else { round[at] }
        };
        let nanoseconds = median(rounds.iter().map(|round| cost(round) / EACH).collect());
        let ratio = median(rounds.iter().map(|round| cost(round) / round[0]).collect());
        println!("{name:46} {nanoseconds:9.1} {ratio:8.2}");
    }
    println!(
        "{:46} {:9.1}",
        "local span while off, without the bare call",
        (off - bare_off) / EACH
    );
    println!(
        "opened {}, arrived {}, dropped {}",
        report.stats.opened,
        report.sent,
        report.dropped.total()
    );
    assert_eq!(
        report.stats.opened,
        report.sent + report.dropped.total(),
        "every opened segment arrived or was counted as dropped"
    );
}
