//! The cases. Each must hold in every interleaving, and uses two or three threads and the fewest
//! steps that can break it.

mod exchanges;
mod handles;
mod tail_sampling;

use std::time::Duration;

use loom::thread;

use crate::queue::{
    self, Attached, Budget, FinishedSegment, FinishedSegments, HandOver, SegmentHeader,
    ThreadOutbox,
};
use crate::report::accounts::{self, Counts, End, Flight, Ledger};
use crate::report::signal::Signal;
use crate::sampling::window;
use crate::span::callsite;
use crate::span::record::{NONE, Record};

/// The cases with their names on the command line.
pub(crate) const ALL: &[(&str, fn())] = &[
    ("buffers", handed_over_segments_arrive_once),
    ("idle", handed_over_segments_arrive_during_free_idle),
    ("closing", segments_that_end_during_shutdown_are_counted_once),
    ("counts", reader_sees_opened_before_finished_before_lost),
    ("sending", reader_sees_finished_before_sent),
    ("outboxes", threads_claim_different_outboxes_and_lose_no_count),
    ("budget", queue_keeps_its_limit),
    ("flight", revoked_batch_was_not_taken),
    ("abandoned", writes_of_an_abandoned_reporter_do_not_count),
    ("window", window_takes_exactly_its_limit),
    ("window-race", window_race_wastes_no_slot),
    ("handle-done", handles::ended_handle_is_recorded_once),
    ("handle-dropped", handles::dropped_handle_is_recorded_once),
    ("handle-expires", handles::expired_handle_is_recorded_fully_or_returns_false),
    ("handle-shutdown", handles::handle_during_shutdown_leaves_nothing_queued),
    ("changes", exchanges::items_pushed_before_the_end_are_taken_once),
    ("changes-split", exchanges::item_pushed_around_a_split_is_taken_once),
    ("changes-full", exchanges::full_list_refuses_all_but_its_limit),
    ("parked", exchanges::parked_value_is_taken_once),
    ("parked-again", exchanges::value_that_is_parked_again_is_taken_once),
    ("tail-failed", tail_sampling::failure_before_the_end_of_the_request_keeps_it),
    ("tail-root-lost", tail_sampling::request_without_its_root_ends_with_the_last_reference),
];

const GENERATION: u32 = 1;
const ENOUGH: Budget = Budget { bytes: usize::MAX / 2, segments: usize::MAX / 2 };

/// A span and one letter of text, as each segment has.
const SPAN: Record =
    Record { start: 1, end: 2, callsite: &callsite::Callsite, parent: NONE, flags: 0, side: 0 };

fn end_segment(outbox: &ThreadOutbox, id: u64, budget: Budget, mut attached: Attached) -> HandOver {
    let head = SegmentHeader { id, records: 1, text: 1, ..SegmentHeader::default() };
    outbox.hand_over(
        FinishedSegment { head, records: &[SPAN], sides: &[], text: "x", attached: &mut attached },
        GENERATION,
        budget,
    )
}

/// Opens and finishes a segment.
fn segment(outbox: &ThreadOutbox, id: u64, budget: Budget) -> HandOver {
    outbox.opened();
    end_segment(outbox, id, budget, Attached::default())
}

/// Checks that the queue is empty: all of its budget was released, exactly once.
fn assert_queue_is_empty() {
    assert!(
        queue::reserve_bytes(1, Budget { bytes: 1, segments: 1 }),
        "something still occupies the queue"
    );
    assert!(
        !queue::reserve_bytes(1, Budget { bytes: 1, segments: 1 }),
        "more was released than reserved"
    );
}

/// Returns the ids of the segments in the buffers.
fn take_all(ledger: Ledger) -> Vec<u64> {
    let (mut ids, mut load) = (Vec::new(), FinishedSegments::default());
    for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
        if ledger.take(buffer, &mut load) == Some(true) {
            assert_eq!(load.heads.len(), load.text.len(), "the segments and their texts match");
            ids.extend(load.heads.iter().map(|head| head.id));
            ledger.pack(load.heads.len(), load.bytes());
            load.clear();
        }
    }
    ids
}

fn handed_over_segments_arrive_once() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let thread = thread::spawn(move || {
        (1..=2).filter(|id| segment(outbox, *id, ENOUGH) != HandOver::Full).collect::<Vec<u64>>()
    });
    let mut arrived = take_all(ledger);
    let queued = thread.join().unwrap();
    arrived.extend(take_all(ledger));
    arrived.sort_unstable();
    assert_eq!(arrived, queued);
    // The reporter holds one buffer at a time, so the thread always finds the other one free.
    assert_eq!(queued, [1, 2]);
}

fn handed_over_segments_arrive_during_free_idle() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    // From here on the outbox counts as idle until it finishes a segment.
    queue::free_idle();
    let thread = thread::spawn(move || {
        (1..=2).filter(|id| segment(outbox, *id, ENOUGH) != HandOver::Full).collect::<Vec<u64>>()
    });
    queue::free_idle();
    let queued = thread.join().unwrap();
    assert_eq!(queued, [1, 2], "the reporter holds one buffer at a time");
    let mut arrived = take_all(ledger);
    arrived.sort_unstable();
    assert_eq!(arrived, queued);
}

fn segments_that_end_during_shutdown_are_counted_once() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let thread = thread::spawn(move || (segment(outbox, 1, ENOUGH), segment(outbox, 2, ENOUGH)));
    ledger.close(|_| ());
    thread.join().unwrap();
    let ((accounts, waiting), totals) = (counts(), queue::totals());
    assert_eq!(waiting, 0, "the queue is empty");
    assert_eq!(totals.finished, 2);
    assert_eq!(totals.off + totals.full + accounts.shutdown, 2, "{totals:?} {accounts:?}");
    assert_queue_is_empty();
}

fn reader_sees_opened_before_finished_before_lost() {
    queue::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let none = Budget { bytes: 0, segments: 0 };
    let thread = thread::spawn(move || {
        assert_eq!(segment(outbox, 1, none), HandOver::Full);
        queue::open(GENERATION + 1);
        assert_eq!(segment(outbox, 2, ENOUGH), HandOver::Off);
    });
    let seen = queue::totals();
    assert!(seen.opened >= seen.finished && seen.finished >= seen.full + seen.off, "{seen:?}");
    thread.join().unwrap();
    let seen = queue::totals();
    assert_eq!((seen.opened, seen.finished, seen.full, seen.off), (2, 2, 1, 1));
}

fn reader_sees_finished_before_sent() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let caller = thread::spawn(move || assert_eq!(segment(outbox, 1, ENOUGH), HandOver::Queued));
    let reporter = thread::spawn(move || {
        let taken = take_all(ledger).len();
        if taken > 0 {
            send(ledger, taken);
        }
    });
    let ((accounts, _), totals) = (counts(), queue::totals());
    assert!(
        totals.opened >= totals.finished && totals.finished >= accounts.sent,
        "{totals:?} {accounts:?}"
    );
    caller.join().unwrap();
    reporter.join().unwrap();
    let ((accounts, waiting), totals) = (counts(), queue::totals());
    assert_eq!(
        totals.finished,
        accounts.sent + accounts.held + accounts.in_flight + waiting,
        "{accounts:?}"
    );
}

fn threads_claim_different_outboxes_and_lose_no_count() {
    // Both threads may find this one free.
    ThreadOutbox::claim().release();
    let work = || {
        let outbox = ThreadOutbox::claim();
        // If the threads shared the outbox, one of the two counts would be lost.
        outbox.opened();
        outbox.release();
    };
    let (first, second) = (thread::spawn(work), thread::spawn(work));
    first.join().unwrap();
    second.join().unwrap();
    assert_eq!(queue::totals().opened, 2);
    assert!(queue::outboxes().count() <= 2);
}

fn queue_keeps_its_limit() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let one = Budget { bytes: usize::MAX / 2, segments: 1 };
    let work = |id| move || segment(ThreadOutbox::claim(), id, one);
    let other = thread::spawn(work(1));
    let handed = [work(2)(), other.join().unwrap()];
    let queued = handed.iter().filter(|handed| **handed != HandOver::Full).count();
    assert_eq!(take_all(ledger).len(), queued);
    assert!(queued <= 1, "{handed:?}");
    // Both the rejected segment and the taken ones released their part of the queue.
    assert_ne!(segment(ThreadOutbox::claim(), 3, one), HandOver::Full);
}

/// Returns the counts of segments, and how many wait in the buffers.
fn counts() -> (Counts, u64) {
    let (read, ()) = accounts::read(|| ());
    (*read.counts.of(Signal::Segments), read.waiting)
}

/// Sends a batch of this many segments.
fn send(ledger: Ledger, segments: usize) {
    let flight = Flight::default();
    ledger.depart(Signal::Segments, &flight, segments, 0);
    ledger.arrive(&flight, End::Sent, Duration::ZERO);
}

fn revoked_batch_was_not_taken() {
    let flight = Flight::default();
    let transport = flight.clone();
    let thread = thread::spawn(move || transport.take());
    let revoked = flight.revoke();
    let taken = thread.join().unwrap();
    assert_ne!(revoked, taken, "either the batch can be sent again, or a part of it was sent");
    assert_eq!((flight.take(), flight.revoke()), (taken, revoked), "decided once");
}

fn writes_of_an_abandoned_reporter_do_not_count() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    segment(ThreadOutbox::claim(), 1, ENOUGH);
    let reporter = thread::spawn(move || {
        ledger.set_pending(1, 1);
        let segments = take_all(ledger).len();
        let flight = Flight::default();
        ledger.depart(Signal::Segments, &flight, segments, 0);
        let left = flight.take();
        if segments > 0 {
            ledger.arrive(&flight, End::Sent, Duration::ZERO);
        }
        left
    });
    ledger.close(|_| ());
    let left = reporter.join().unwrap();
    let (accounts, waiting) = counts();
    assert_eq!((waiting, accounts.held, accounts.in_flight), (0, 0, 0));
    assert_eq!(accounts.sent + accounts.unconfirmed + accounts.shutdown, 1, "{accounts:?}");
    assert!(
        left || accounts.sent + accounts.unconfirmed == 0,
        "counted as sent, but never left: {accounts:?}"
    );
    // The bytes that it kept pending do not count either: the queue of the next reporter is empty.
    queue::open(GENERATION);
    assert_eq!(
        segment(ThreadOutbox::claim(), 2, Budget { bytes: usize::MAX, segments: 1 }),
        HandOver::QueuedAndHalfFull
    );
}

fn window_takes_exactly_its_limit() {
    let budget = loom::sync::Arc::new(window::Budget::new(1));
    let other = loom::sync::Arc::clone(&budget);
    let thread = thread::spawn(move || [other.takes(1), other.takes(2)]);
    let here = [budget.takes(1), budget.takes(2)];
    let there = thread.join().unwrap();
    let taken = here.iter().chain(&there).filter(|taken| **taken).count();
    assert_eq!(taken, 2, "one in each window: {here:?} {there:?}");
}

fn window_race_wastes_no_slot() {
    let budget = loom::sync::Arc::new(window::Budget::new(2));
    let other = loom::sync::Arc::clone(&budget);
    let thread = thread::spawn(move || other.takes(1));
    // The window takes both, in either order.
    assert!(budget.takes(1) & thread.join().unwrap());
}
