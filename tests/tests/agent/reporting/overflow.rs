//! Which segments arrive after an outage that was too long for the queue.

use std::time::Instant;

use skywalking_runtime::config::Overflow;
use skywalking_runtime::{Agent, stats};

use crate::reporting::backend::{Backend, PROTOCOLS, TIMEOUT, free_address};
use crate::reporting::program::{agent, request_with_tag};
use crate::reporting::{assert_agrees, assert_settled};
use crate::turn;

const QUEUE: u64 = 200;
const MADE: u64 = 2_000;

fn number(number: u64) -> String {
    format!("{number:04}")
}

/// Makes these requests. Waits whenever the reporter has to free space for the next one.
fn make(numbers: std::ops::Range<u64>, agent: &Agent) {
    for made in numbers {
        request_with_tag("number", &number(made));
        let began = Instant::now();
        while agent.stats().queued > QUEUE * 7 / 8 {
            assert!(began.elapsed() < TIMEOUT, "{:?}", agent.stats());
            std::thread::yield_now();
        }
    }
}

#[test]
fn newest_arrive_if_the_oldest_are_dropped() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let before = stats::read().dropped.queue_full;
        let address = free_address();
        let agent = agent(protocol, &address)
            .max_queue_segments(usize::try_from(QUEUE).unwrap())
            .overflow(Overflow::DropOldest)
            .start()
            .expect("an agent");
        // The first are of a thread that makes no more.
        make(0..100, &agent);
        std::thread::scope(|scope| scope.spawn(|| make(100..MADE, &agent)).join().unwrap());
        let queued = agent.stats().queued;
        assert!((QUEUE * 3 / 4..=QUEUE).contains(&queued), "{queued}");
        assert_eq!(agent.stats().dropped.queue_full - before, MADE - queued);

        let backend = Backend::start_at(protocol, &address);
        assert!(agent.flush(TIMEOUT));
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, MADE);
        assert_agrees(&report, backend.stats().segments_accepted);
        assert_eq!((report.sent, report.dropped.queue_full), (queued, MADE - queued));
        let newest: Vec<_> = (MADE - queued..MADE).map(number).collect();
        assert_eq!(backend.tag_values("number"), newest, "{protocol:?}");
    }
}

#[test]
fn oldest_arrive_by_default() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let address = free_address();
        let agent = agent(protocol, &address)
            .max_queue_segments(usize::try_from(QUEUE).unwrap())
            .start()
            .expect("an agent");
        for made in 0..MADE {
            request_with_tag("number", &number(made));
        }
        let backend = Backend::start_at(protocol, &address);
        assert!(agent.flush(TIMEOUT));
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, MADE);
        assert_eq!((report.sent, report.dropped.queue_full), (QUEUE, MADE - QUEUE));
        let oldest: Vec<_> = (0..QUEUE).map(number).collect();
        assert_eq!(backend.tag_values("number"), oldest, "{protocol:?}");
    }
}
