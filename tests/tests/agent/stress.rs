//! Random requests on several threads with random settings, low limits, and shutdowns in the
//! middle. The model tests the resulting traces. Here nothing may panic or hang, every segment is
//! counted exactly, no current segment is left behind, and no segment violates the protocol, which
//! ends the process (`.cargo/config.toml`).
//!
//! `STRESS_FROM` and `STRESS_ROUNDS` select other rounds. A failure reports its round.

mod requests;
mod settings;

use std::thread;
use std::time::Duration;

use requests::{Unfinished, Work};
use skywalking_runtime::testing::{self, is_idle};
use skywalking_runtime::{
    Agent,
    stats::{self, Stats},
};
use skywalking_tests::random::Random;

use crate::turn;

const THREADS: u64 = 3;
const REQUESTS: usize = 100;
/// Much longer than a shutdown takes.
const TIMEOUT: Duration = Duration::from_secs(20);

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Checks the counts while no request runs.
fn is_exact(stats: &Stats, round: u64) {
    let (ended, waits) = (stats.sent + stats.dropped.total(), stats.queued + stats.in_flight);
    assert_eq!(
        (stats.opened, stats.finished),
        (stats.finished + stats.open, ended + waits),
        "round {round}: {stats:?}"
    );
}

fn shut_down(agent: Agent, round: u64) {
    let stats = agent.shutdown(TIMEOUT).stats;
    assert_eq!((stats.queued, stats.in_flight), (0, 0), "round {round}: {stats:?}");
    assert!(
        stats.opened >= stats.finished && stats.finished >= stats.sent + stats.dropped.total(),
        "round {round}: {stats:?}"
    );
}

fn play(round: u64) {
    let mut random = Random::new(round);
    let mut agent = Some(settings::draw(&mut random).start().expect("the settings are valid"));
    let unfinished = Unfinished::default();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let unfinished = &unfinished;
            scope.spawn(move || {
                let mut random = Random::new(round * THREADS + thread + 1_000_000);
                for _ in 0..REQUESTS {
                    Work::new(&mut random, unfinished).request();
                    assert!(is_idle(), "round {round}");
                }
            });
        }
        if random.one_in(3) {
            agent.take().into_iter().for_each(|agent| shut_down(agent, round));
        }
    });
    if let Some(agent) = agent {
        if random.one_in(3) {
            assert!(agent.flush(TIMEOUT), "round {round}");
            is_exact(&stats::read(), round);
        }
        // A future that ends after the agent is too late, and must have no effect.
        unfinished.end_some(&mut random);
        shut_down(agent, round);
    }
    drop(unfinished);
    is_exact(&stats::read(), round);
    assert_eq!(stats::read().open, 0, "round {round}");
}

#[test]
fn every_segment_is_accounted_for_under_random_settings() {
    let _turn = turn();
    // A batch has messages of any trace, so a span may have refs to other traces.
    let _allowed = testing::allow("ref-trace");
    requests::keep_quiet();
    let from = number("STRESS_FROM", 1);
    (from..from + number("STRESS_ROUNDS", 200)).for_each(play);
}
