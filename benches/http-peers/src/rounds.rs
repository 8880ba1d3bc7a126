//! Rounds: every variant works once in each, one after the other and another one first each time,
//! so that what the machine does meanwhile hits all alike. What counts is the median over the
//! rounds, of differences and ratios within the same round.

use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

use crate::Outcome;
use crate::variants::{Started, Variant};

/// After this what has not arrived is lost.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) type Variants = [(Variant, Box<dyn Started>); Variant::ALL.len()];

/// What one variant took a request, in one round.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// From the first request to the last response.
    pub(crate) nanoseconds: f64,
    /// Of all threads of the process, until every span had arrived.
    pub(crate) cpu_nanoseconds: f64,
    /// Spans that arrived, of all its requests.
    pub(crate) arrived: u64,
}

/// One round.
pub(crate) type Round = [Cost; Variant::ALL.len()];

/// What all rounds of one kind took.
pub(crate) struct Rounds {
    pub(crate) rounds: Vec<Round>,
    /// Requests that each variant answered.
    pub(crate) requests: u64,
}

fn cpu_time() -> Outcome<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}

/// Lets `work` make so many requests to a variant, and checks that all of its spans arrived.
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
    // The server may end a span a little after the client has its response.
    started.flush();
    while started.arrived() - before < left && from.elapsed() < PATIENCE {
        started.flush();
    }
    let (arrived, cpu) = (started.arrived() - before, cpu_time()?.saturating_sub(cpu));
    if arrived != left {
        return Err(format!("{}: {arrived} of {left} spans arrived", variant.name()).into());
    }
    let each = |time: Duration| time.as_secs_f64() * 1e9 / f64::from(requests);
    Ok(Cost { nanoseconds: each(wall), cpu_nanoseconds: each(cpu), arrived })
}

/// All rounds; `work` is given the index of the variant whose turn it is. The first one warms up
/// and doesn't count.
pub(crate) fn run(
    variants: &Variants,
    rounds: usize,
    requests: u32,
    mut work: impl FnMut(usize) -> Outcome<()>,
) -> Outcome<Rounds> {
    let mut all = Vec::with_capacity(rounds);
    // What was done before is no part of it.
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
