//! Batches that are larger than a body that the backend accepts.

use skywalking_runtime::Agent;

use crate::reporting::assert_settled;
use crate::reporting::backend::{Backend, Protocol, TIMEOUT, free_address};
use crate::reporting::program::{CapturedLog, agent, request, request_with_tags};
use crate::turn;

const MIB: usize = 1024 * 1024;
/// The tags of a segment, and the bytes of each value.
const TAGS: usize = 10;
const VALUE: usize = 2 * 1024;
const SEGMENT: usize = TAGS * VALUE;

/// Starts an agent that puts all waiting segments into one batch, and makes this many segments
/// before the backend starts.
fn start(address: &str, segments: usize) -> Agent {
    let agent = agent(Protocol::Http, address)
        .max_queue_bytes(64 * MIB)
        .max_batch_bytes(64 * MIB)
        .max_batch_segments(100_000)
        .start()
        .expect("an agent");
    let value = "x".repeat(VALUE);
    for _ in 0..segments {
        request_with_tags(TAGS, &value);
    }
    agent
}

#[test]
fn halves_of_a_batch_that_is_too_large_arrive() {
    let _turn = turn();
    let log = CapturedLog::begin();
    let address = free_address();
    // 15 MiB. The backend accepts 10.
    let segments = 15 * MIB / SEGMENT;
    let agent = start(&address, segments);
    let backend = Backend::start_at(Protocol::Http, &address);
    assert!(agent.flush(TIMEOUT));
    let report = agent.shutdown(TIMEOUT);
    assert_settled(&report, segments as u64);
    let text = log.text();
    assert_eq!(
        (report.sent, backend.stats().segments_accepted),
        (segments as u64, segments as u64),
        "{text}"
    );
    assert!(text.contains("a batch is too large for the backend; its halves are sent"), "{text}");
}

#[test]
fn halves_that_are_too_large_are_refused_with_their_size() {
    let _turn = turn();
    let log = CapturedLog::begin();
    let address = free_address();
    let segments = 25 * MIB / SEGMENT;
    let agent = start(&address, segments);
    let backend = Backend::start_at(Protocol::Http, &address);
    // The next batch arrives without a pause.
    assert!(agent.flush(TIMEOUT));
    request();
    let report = agent.shutdown(TIMEOUT);
    let text = log.text();
    assert_settled(&report, segments as u64 + 1);
    assert_eq!(
        (report.sent, report.dropped.refused, backend.stats().segments_accepted),
        (1, segments as u64, 1),
        "{text}"
    );
    assert!(
        text.contains("(a half batch of 640 segments and ")
            && text.contains("lower Config::max_batch_bytes (SW_AGENT_MAX_BATCH_BYTES)"),
        "{text}"
    );
}
