//! Rounds. Each runs every variant once, one after the other, starting with a different one each
//! time, so that other load on the machine affects all alike. The result is the median over the
//! rounds, of differences and ratios within a round.

use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

use crate::Outcome;
use crate::variants::{Started, Variant};

/// The timeout for spans. Missing ones are lost.
const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) type Variants = [(Variant, Box<dyn Started>); Variant::ALL.len()];

/// The cost of a variant per request, in one round.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// The time from the first request to the last response.
    pub(crate) nanoseconds: f64,
    /// The time of all threads of the process, until every span has arrived.
    pub(crate) cpu_nanoseconds: f64,
    /// Spans that arrived, for all its requests.
    pub(crate) arrived: u64,
}

/// The costs of one round.
pub(crate) type Round = [Cost; Variant::ALL.len()];

/// The costs of all rounds of one kind.
pub(crate) struct Rounds {
    pub(crate) rounds: Vec<Round>,
    /// The number of requests to each variant.
    pub(crate) requests: u64,
}

fn cpu_time() -> Outcome<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}

/// Runs `work`, which makes this number of requests to a variant, and checks that all spans
/// arrived.
pub(crate) fn round(
    variant: Variant,
    started: &dyn Started,
    requests: u32,
    work: impl FnOnce() -> Outcome<()>,
) -> Outcome<Cost> {
    let (before, cpu) = (started.arrived(), cpu_time()?);
    let from = Instant::now();
    work()?;
    let wall = from.elapsed();
    let left = variant.spans() * u64::from(requests);
    // The server may end a span shortly after the client has received the response.
    started.flush();
    while started.arrived() - before < left && from.elapsed() < TIMEOUT {
        started.flush();
    }
    let (arrived, cpu) = (started.arrived() - before, cpu_time()?.saturating_sub(cpu));
    if arrived != left {
        return Err(format!("{}: {arrived} of {left} spans arrived", variant.name()).into());
    }
    let each = |time: Duration| time.as_secs_f64() * 1e9 / f64::from(requests);
    Ok(Cost { nanoseconds: each(wall), cpu_nanoseconds: each(cpu), arrived })
}

/// Runs all rounds. `work` receives the index of the variant. The first round warms up and is not
/// counted.
pub(crate) fn run(
    variants: &Variants,
    rounds: usize,
    requests: u32,
    mut work: impl FnMut(usize) -> Outcome<()>,
) -> Outcome<Rounds> {
    let mut all = Vec::with_capacity(rounds);
    // Excludes earlier work.
    for (_, started) in variants {
        started.flush();
    }
    for at in 0..=rounds {
        let mut costs = Round::default();
        for turn in 0..variants.len() {
            let index = (at + turn) % variants.len();
            let (variant, started) = &variants[index];
            costs[index] = round(*variant, &**started, requests, || work(index))?;
        }
        if at > 0 {
            all.push(costs);
        }
    }
    Ok(Rounds { requests: u64::from(requests) * all.len() as u64, rounds: all })
}
