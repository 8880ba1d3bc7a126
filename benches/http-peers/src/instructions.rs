//! Counts instructions per request with valgrind's callgrind, for the calling thread and for all
//! threads.
//!
//! For each variant one process makes the calls of `calls.rs`, and a second one makes twice as
//! many. The difference is the cost of the requests of half the rounds. It excludes the start of
//! the process, and includes a share of the work that is done once a round.

use crate::callgrind::{self, Count};
use crate::calls::{REQUESTS, calls, client};
use crate::variants::{Sink, Variant};
use crate::{Outcome, rounds};

/// The first rounds of each process, which warm up.
const ROUNDS: u32 = 4;

/// The path of [`work`].
const WORK: &str = "http_peers::instructions::work";

/// Returns the instructions of one request for each variant.
pub(crate) fn measure() -> Outcome<[Count; Variant::ALL.len()]> {
    let mut found = [Count::default(); Variant::ALL.len()];
    for (index, found) in found.iter_mut().enumerate() {
        let (once, twice) =
            (callgrind::count(WORK, index, ROUNDS)?, callgrind::count(WORK, index, 2 * ROUNDS)?);
        let requests = f64::from(ROUNDS * REQUESTS);
        *found = Count {
            caller: (twice.caller - once.caller) / requests,
            all: (twice.all - once.all) / requests,
        };
    }
    Ok(found)
}

/// The function that callgrind runs. It has a name, because counting is reset when it is entered: a
/// clock is calibrated before `main`.
#[inline(never)]
pub(crate) fn work(variant: &str, rounds: &str) -> Outcome<()> {
    let variant = *Variant::ALL.get(variant.parse::<usize>()?).ok_or("no such variant")?;
    let started = variant.start(Sink::Count);
    let mut client = client(&*started)?;
    for _ in 0..rounds.parse()? {
        rounds::round(variant, &*started, REQUESTS, || calls(&mut client))?;
    }
    Ok(())
}
