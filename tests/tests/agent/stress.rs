//! Random requests on several threads under random settings, with little room in everything that
//! has a bound, and with shutdowns in the middle of them. What comes of each is for the model to
//! say; here nobody may panic or hang, every segment is accounted for exactly, no slot stays
//! occupied, and none breaks a rule of the wire, which ends the process (`.cargo/config.toml`).
//!
//! `STRESS_FROM` and `STRESS_ROUNDS` choose other rounds; a round that fails says which one it was.

mod requests;
mod settings;

use std::thread;
use std::time::Duration;

use requests::{Left, Work};
use skywalking_runtime::testing::{self, is_idle};
use skywalking_runtime::{
    Agent,
    stats::{self, Stats},
};
use skywalking_tests::random::Random;

use crate::turn;

const THREADS: u64 = 3;
const REQUESTS: usize = 100;
/// Much more than a shutdown needs.
const PATIENCE: Duration = Duration::from_secs(20);

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// What each look at the counts must find while nobody works.
fn is_exact(stats: &Stats, round: u64) {
    let (ended, waits) = (stats.sent + stats.dropped.total(), stats.queued + stats.in_flight);
    assert_eq!(
        (stats.opened, stats.finished),
        (stats.finished + stats.open, ended + waits),
        "round {round}: {stats:?}"
    );
}

fn shut_down(agent: Agent, round: u64) {
    let stats = agent.shutdown(PATIENCE).stats;
    assert_eq!((stats.queued, stats.in_flight), (0, 0), "round {round}: {stats:?}");
    assert!(
        stats.opened >= stats.finished && stats.finished >= stats.sent + stats.dropped.total(),
        "round {round}: {stats:?}"
    );
}

fn play(round: u64) {
    let mut random = Random::new(round);
    let mut agent = Some(settings::draw(&mut random).start().expect("the settings are good"));
    let left = Left::default();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let left = &left;
            scope.spawn(move || {
                let mut random = Random::new(round * THREADS + thread + 1_000_000);
                for _ in 0..REQUESTS {
                    Work::new(&mut random, left).request();
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
            assert!(agent.flush(PATIENCE), "round {round}");
            is_exact(&stats::read(), round);
        }
        // What is still out when the agent ends comes too late, and must do nothing.
        left.settle(&mut random);
        shut_down(agent, round);
    }
    drop(left);
    is_exact(&stats::read(), round);
    assert_eq!(stats::read().open, 0, "round {round}");
}

#[test]
fn every_segment_is_accounted_for_under_random_settings() {
    let _turn = turn();
    // A batch takes its messages from everywhere, and a span that has one trace may be told of
    // another.
    testing::allow("ref-trace");
    requests::keep_quiet();
    let from = number("STRESS_FROM", 1);
    (from..from + number("STRESS_ROUNDS", 200)).for_each(play);
}
