//! Backends that stop and start again.

use std::time::{Duration, Instant};

use crate::reporting::backend::{Backend, PROTOCOLS, TIMEOUT};
use crate::reporting::program::{agent, requests};
use crate::reporting::{assert_agrees, assert_settled};
use crate::turn;

/// The tolerance beyond the promised time.
const SLACK: Duration = Duration::from_secs(2);

#[test]
fn reporting_resumes_within_5_s_of_the_backends_return() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let mut backend = Backend::start();
        let address = backend.address(protocol);
        let agent = agent(protocol, &address).start().expect("an agent");
        assert!(agent.wait_until_registered(TIMEOUT));
        backend.kill();
        // A fixed time, not a condition: an agent with exponential backoff waits longer after a
        // longer outage.
        std::thread::sleep(Duration::from_secs(12));
        requests(10);
        let backend = Backend::start_at(protocol, &address);
        let back = Instant::now();
        backend.wait_for(|stats| stats.segments_accepted == 10);
        assert!(
            back.elapsed() < Duration::from_secs(5) + SLACK,
            "{protocol:?}: {:?}",
            back.elapsed()
        );
        assert_settled(&agent.shutdown(TIMEOUT), 10);
    }
}

#[test]
fn shutdown_during_a_backend_restart_sends_the_queue() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let mut backend = Backend::start();
        let address = backend.address(protocol);
        let agent = agent(protocol, &address).start().expect("an agent");
        assert!(agent.wait_until_registered(TIMEOUT));
        backend.kill();
        requests(5_000);
        let ended = std::thread::spawn(move || agent.shutdown(TIMEOUT));
        // A first attempt has to fail.
        std::thread::sleep(Duration::from_millis(500));
        let backend = Backend::start_at(protocol, &address);
        let report = ended.join().expect("it ends");
        assert_settled(&report, 5_000);
        assert_agrees(&report, backend.stats().segments_accepted);
        assert!(report.sent >= 4_000, "{report:?}");
        assert_eq!(report.dropped.shutdown, 0, "{report:?}");
    }
}
