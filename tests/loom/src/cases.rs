//! What must hold in every order, each with two or three threads and as few steps as can break it.

mod handles;
mod trials;

use loom::thread;

use crate::queue::{
    self, Attached, Budget, FinishedSegment, FinishedSegments, HandOver, SegmentHeader,
    ThreadOutbox,
};
use crate::report::accounts::{self, End, Flight, Ledger};
use crate::sampling::window;
use crate::span::callsite;
use crate::span::record::{NONE, Record};

/// By name, for the command line.
pub(crate) const ALL: &[(&str, fn())] = &[
    ("buffers", what_a_thread_hands_over_arrives_once),
    ("idle", what_a_thread_hands_over_arrives_beside_a_sweep),
    ("closing", what_ends_beside_a_shutdown_is_counted_once),
    ("counts", a_reader_sees_opened_before_finished_before_lost),
    ("sending", a_reader_sees_finished_before_sent),
    ("outboxes", no_two_threads_have_one_node_and_no_count_is_lost),
    ("budget", no_more_waits_than_may),
    ("flight", what_was_revoked_was_not_taken),
    ("given-up", what_a_reporter_writes_that_was_given_up_does_not_count),
    ("window", a_window_takes_exactly_as_many_as_it_may),
    ("window-race", a_lost_race_for_a_window_wastes_nothing),
    ("handle-done", handles::what_a_handle_says_that_is_done_is_told_once),
    ("handle-dropped", handles::what_a_handle_says_that_is_dropped_is_told_once),
    (
        "handle-expires",
        handles::a_handle_that_meets_the_end_of_patience_tells_all_or_learns_that_it_is_late,
    ),
    ("handle-shutdown", handles::a_handle_that_meets_a_shutdown_leaves_nothing_behind),
    ("trial", trials::what_failed_before_its_request_was_over_is_known_at_its_end),
    ("trial-lost", trials::a_request_whose_root_is_lost_ends_with_the_last_who_knows_of_it),
];

const GENERATION: u32 = 1;
const ENOUGH: Budget = Budget { bytes: usize::MAX / 2, segments: usize::MAX / 2 };

/// Every segment has one span, and one letter of text.
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

/// A segment begins and ends.
fn segment(outbox: &ThreadOutbox, id: u64, budget: Budget) -> HandOver {
    outbox.opened();
    end_segment(outbox, id, budget, Attached::default())
}

/// Whatever took room has given it back, and no more than that.
fn nothing_waits() {
    assert!(
        queue::reserve_bytes(1, Budget { bytes: 1, segments: 1 }),
        "something still takes room"
    );
    assert!(
        !queue::reserve_bytes(1, Budget { bytes: 1, segments: 1 }),
        "more was given back than was taken"
    );
}

/// The ids of what the buffers hold.
fn take_all(ledger: Ledger) -> Vec<u64> {
    let (mut ids, mut load) = (Vec::new(), FinishedSegments::default());
    for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
        if ledger.take(buffer, &mut load) == Some(true) {
            assert_eq!(load.heads.len(), load.text.len(), "a load is whole");
            ids.extend(load.heads.iter().map(|head| head.id));
            ledger.pack(load.heads.len(), load.bytes());
            load.clear();
        }
    }
    ids
}

fn what_a_thread_hands_over_arrives_once() {
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
    // The reporter holds one buffer at a time: of one visit the thread always finds the other.
    assert_eq!(queued, [1, 2]);
}

fn what_a_thread_hands_over_arrives_beside_a_sweep() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    // From now on it counts as idle until it finishes a segment.
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

fn what_ends_beside_a_shutdown_is_counted_once() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let thread = thread::spawn(move || (segment(outbox, 1, ENOUGH), segment(outbox, 2, ENOUGH)));
    ledger.close();
    thread.join().unwrap();
    let ((accounts, waiting), totals) = (accounts::read(), queue::totals());
    assert_eq!(waiting, 0, "nothing is left behind");
    assert_eq!(totals.finished, 2);
    assert_eq!(totals.off + totals.full + accounts.shutdown, 2, "{totals:?} {accounts:?}");
    nothing_waits();
}

fn a_reader_sees_opened_before_finished_before_lost() {
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

fn a_reader_sees_finished_before_sent() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let caller = thread::spawn(move || assert_eq!(segment(outbox, 1, ENOUGH), HandOver::Queued));
    let reporter = thread::spawn(move || {
        let taken = take_all(ledger).len();
        if taken > 0 {
            ledger.arrive(taken, End::Sent);
        }
    });
    let ((accounts, _), totals) = (accounts::read(), queue::totals());
    assert!(
        totals.opened >= totals.finished && totals.finished >= accounts.sent,
        "{totals:?} {accounts:?}"
    );
    caller.join().unwrap();
    reporter.join().unwrap();
    let ((accounts, waiting), totals) = (accounts::read(), queue::totals());
    assert_eq!(
        totals.finished,
        accounts.sent + accounts.held + accounts.in_flight + waiting,
        "{accounts:?}"
    );
}

fn no_two_threads_have_one_node_and_no_count_is_lost() {
    // One that both may find free.
    ThreadOutbox::claim().release();
    let work = || {
        let outbox = ThreadOutbox::claim();
        // Were it another's too, one of the two counts would be lost.
        outbox.opened();
        outbox.release();
    };
    let (first, second) = (thread::spawn(work), thread::spawn(work));
    first.join().unwrap();
    second.join().unwrap();
    assert_eq!(queue::totals().opened, 2);
    assert!(queue::outboxes().count() <= 2);
}

fn no_more_waits_than_may() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let one = Budget { bytes: usize::MAX / 2, segments: 1 };
    let work = |id| move || segment(ThreadOutbox::claim(), id, one);
    let other = thread::spawn(work(1));
    let handed = [work(2)(), other.join().unwrap()];
    let queued = handed.iter().filter(|handed| **handed != HandOver::Full).count();
    assert_eq!(take_all(ledger).len(), queued);
    assert!(queued <= 1, "{handed:?}");
    // What was refused gave its room back, and what was taken as well.
    assert_ne!(segment(ThreadOutbox::claim(), 3, one), HandOver::Full);
}

fn what_was_revoked_was_not_taken() {
    let flight = Flight::default();
    let transport = flight.clone();
    let thread = thread::spawn(move || transport.take());
    let revoked = flight.revoke();
    let taken = thread.join().unwrap();
    assert_ne!(revoked, taken, "either the batch can be sent again, or something of it left");
    assert_eq!((flight.take(), flight.revoke()), (taken, revoked), "decided once");
}

fn what_a_reporter_writes_that_was_given_up_does_not_count() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    segment(ThreadOutbox::claim(), 1, ENOUGH);
    let reporter = thread::spawn(move || {
        ledger.set_pending(1, 1);
        let segments = take_all(ledger).len();
        let flight = Flight::default();
        ledger.depart(&flight);
        let left = flight.take();
        if segments > 0 {
            ledger.arrive(segments, End::Sent);
        }
        left
    });
    ledger.close();
    let left = reporter.join().unwrap();
    let (accounts, waiting) = accounts::read();
    assert_eq!((waiting, accounts.held, accounts.in_flight), (0, 0, 0));
    assert_eq!(accounts.sent + accounts.unconfirmed + accounts.shutdown, 1, "{accounts:?}");
    assert!(
        left || accounts.sent + accounts.unconfirmed == 0,
        "what never left was not sent: {accounts:?}"
    );
    // Nor does what it said that it holds back: the next one's queue is as empty as it is.
    queue::open(GENERATION);
    assert_eq!(
        segment(ThreadOutbox::claim(), 2, Budget { bytes: usize::MAX, segments: 1 }),
        HandOver::QueuedAndHalfFull
    );
}

fn a_window_takes_exactly_as_many_as_it_may() {
    let budget = loom::sync::Arc::new(window::Budget::new(1));
    let other = loom::sync::Arc::clone(&budget);
    let thread = thread::spawn(move || [other.takes(1), other.takes(2)]);
    let here = [budget.takes(1), budget.takes(2)];
    let there = thread.join().unwrap();
    let taken = here.iter().chain(&there).filter(|taken| **taken).count();
    assert_eq!(taken, 2, "one in each window: {here:?} {there:?}");
}

fn a_lost_race_for_a_window_wastes_nothing() {
    let budget = loom::sync::Arc::new(window::Budget::new(2));
    let other = loom::sync::Arc::clone(&budget);
    let thread = thread::spawn(move || other.takes(1));
    // There is room for both, whoever comes first.
    assert!(budget.takes(1) & thread.join().unwrap());
}
