//! Simulations of many seeds. `SIMULATION_FROM` and `SIMULATION_SEEDS` choose the seeds, and
//! `SIMULATION_SECONDS` limits the time. `SIMULATION_LOG=1` prints what happened.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::fault::Fault;
use super::scenario::{self, Outcome};

/// How many simulations run at the same time.
const THREADS: usize = 2;

/// Prints how to repeat a simulation, if it panics.
struct Replay(u64);

impl Replay {
    fn command(&self) -> String {
        format!(
            "SIMULATION_FROM={} SIMULATION_SEEDS=1 SIMULATION_LOG=1 cargo test \
             -p skywalking-runtime --lib simulation::seeds::rules -- --nocapture",
            self.0
        )
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {} failed; run it again: {}", self.0, self.command());
        }
    }
}

fn setting<T: FromStr>(name: &str, default: T) -> T {
    let Ok(text) = std::env::var(name) else { return default };
    text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}"))
}

#[test]
fn rules_hold_in_a_failing_network() {
    let first = setting("SIMULATION_FROM", 1);
    let end = first + setting("SIMULATION_SEEDS", 100_u64);
    let limit = Duration::from_secs(setting("SIMULATION_SECONDS", 3_600));
    let prints = setting("SIMULATION_LOG", 0) > 0;
    let (next, began) = (AtomicU64::new(first), Instant::now());
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while began.elapsed() < limit {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let replay = Replay(seed);
                    let outcome = scenario::run(seed)
                        .unwrap_or_else(|problem| panic!("{problem}\n{}", replay.command()));
                    if prints {
                        print!("{}", outcome.log);
                    }
                    outcomes.lock().unwrap().push(outcome);
                }
            });
        }
    });
    summarize(&outcomes.into_inner().unwrap(), began.elapsed());
}

fn summarize(outcomes: &[Outcome], took: Duration) {
    let sum = |of: fn(&Outcome) -> u64| outcomes.iter().map(of).sum::<u64>();
    let simulated: Duration = outcomes.iter().map(|outcome| outcome.simulated).sum();
    println!("{} seeds, {} s of simulated time in {took:.1?}", outcomes.len(), simulated.as_secs());
    println!(
        "{} segments: {} sent, {} unconfirmed, {} refused, {} dropped; {} connections",
        sum(|outcome| outcome.made),
        sum(|outcome| outcome.sent),
        sum(|outcome| outcome.unconfirmed),
        sum(|outcome| outcome.refused),
        sum(|outcome| outcome.dropped),
        outcomes.iter().map(|outcome| outcome.connections).sum::<usize>(),
    );
    let mut by_fault: BTreeMap<Fault, Vec<Duration>> = BTreeMap::new();
    for (fault, waited) in outcomes.iter().flat_map(|outcome| &outcome.resumed) {
        by_fault.entry(*fault).or_default().push(*waited);
    }
    for (fault, mut waited) in by_fault {
        waited.sort();
        let (median, longest) = (waited[waited.len() / 2], waited[waited.len() - 1]);
        println!(
            "{} times {fault:?}: segments arrived after {median:?} in the median, {longest:?} at most",
            waited.len()
        );
    }
}

#[test]
fn same_seed_gives_the_same_simulation() {
    for seed in 1..=4 {
        let [one, other] = [(), ()].map(|()| scenario::run(seed).expect("the rules hold").log);
        assert_eq!(one, other, "seed {seed}");
    }
}
