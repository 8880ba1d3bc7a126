//! Backends that go away and come back on the real wire.

use std::time::{Duration, Instant};

use crate::reporting::backend::{Backend, PATIENCE, WAYS};
use crate::reporting::program::{agent, requests};
use crate::reporting::{assert_agrees, assert_settled};
use crate::turn;

/// Beyond what is promised.
const SLACK: Duration = Duration::from_secs(2);

#[test]
fn reporting_resumes_within_5_s_of_the_backends_return() {
    let _turn = turn();
    for way in WAYS {
        let mut backend = Backend::start();
        let address = backend.address(way);
        let agent = agent(way, &address).start().expect("an agent");
        assert!(agent.wait_until_registered(PATIENCE));
        backend.kill();
        // Not a condition: the longer it is away, the longer an agent that doubles its waits is
        // silent.
        std::thread::sleep(Duration::from_secs(12));
        requests(10);
        let backend = Backend::start_at(way, &address);
        let back = Instant::now();
        backend.wait_for(|stats| stats.segments_accepted == 10);
        assert!(back.elapsed() < Duration::from_secs(5) + SLACK, "{way:?}: {:?}", back.elapsed());
        assert_settled(&agent.shutdown(PATIENCE), 10);
    }
}

#[test]
fn shutdown_during_a_backend_restart_sends_the_queue() {
    let _turn = turn();
    for way in WAYS {
        let mut backend = Backend::start();
        let address = backend.address(way);
        let agent = agent(way, &address).start().expect("an agent");
        assert!(agent.wait_until_registered(PATIENCE));
        backend.kill();
        requests(5_000);
        let ended = std::thread::spawn(move || agent.shutdown(PATIENCE));
        // It has to fail before it can succeed.
        std::thread::sleep(Duration::from_millis(500));
        let backend = Backend::start_at(way, &address);
        let report = ended.join().expect("it ends");
        assert_settled(&report, 5_000);
        assert_agrees(&report, backend.stats().segments_accepted);
        assert!(report.sent >= 4_000, "{report:?}");
        assert_eq!(report.dropped.shutdown, 0, "{report:?}");
    }
}
