//! Spans that end by a handle. The handle races with the reporter, which polls for it, stops
//! waiting, or is abandoned.

use loom::sync::Arc;
use loom::thread::{self, JoinHandle};

use super::{ENOUGH, GENERATION, assert_queue_is_empty, counts, end_segment, send};
use crate::queue::{self, Attached, FinishedSegments, HandOver, ThreadOutbox};
use crate::report::accounts::Ledger;
use crate::report::encode::Segment;
use crate::report::pending::{PendingSegment, PendingSegments};
use crate::span::record::AttributeKind;
use crate::span::tag::Kept;
use crate::trace::detached::{Detached, Ending, Entry};

/// The timeout of pending segments.
const NO_TIMEOUT: u64 = u64::MAX;
const EXPIRED: u64 = 0;

/// Ends or drops a handle with one tag. Returns true if that was in time.
fn handle(cell: &Arc<Detached>, unfinished: bool) -> JoinHandle<bool> {
    let cell = Arc::clone(cell);
    thread::spawn(move || {
        let mut ending = Ending::default();
        ending.end = 5;
        ending.unfinished = unfinished;
        ending.entries.push(Entry::Tag("ending", Kept::text("all")));
        ending.reserve(3, ENOUGH);
        cell.fill(ending)
    })
}

/// Finishes a segment whose first span ends by a handle.
fn segment(outbox: &ThreadOutbox, cell: Arc<Detached>) -> HandOver {
    outbox.opened();
    end_segment(outbox, 1, ENOUGH, Attached { detached: vec![cell], ..Attached::default() })
}

/// Runs one round of the reporter.
fn round(ledger: Ledger, waiting: &mut PendingSegments, left: &mut Vec<PendingSegment>) {
    let mut load = FinishedSegments::default();
    waiting.poll();
    for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
        if ledger.take(buffer, &mut load) == Some(true) {
            for ((head, records), (_, attached)) in
                load.heads.iter().zip(load.records.chunks(1)).zip(load.attached.drain(..))
            {
                waiting
                    .add(Segment { head, records, sides: &load.sides, text: &load.text }, attached);
            }
            load.clear();
        }
    }
    while let Some(mut held) = waiting.next() {
        held.apply_handles();
        ledger.pack(1, held.bytes);
        left.push(*held);
    }
}

/// Returns the keys and texts of the first span's tags.
fn tags(held: &PendingSegment) -> Vec<(&'static str, &str)> {
    let side = |at: u32| held.sides.get((at as usize).checked_sub(1)?);
    let list = std::iter::successors(side(held.records[0].side), |newer| side(newer.next));
    let text = |kind, from: usize, length: usize| {
        if kind == AttributeKind::Text { &held.text[from..from + length] } else { "" }
    };
    list.map(|side| (side.key, text(side.kind, side.a as usize, side.b as usize))).collect()
}

/// Checks that the segment was sent: all counts agree, and the queue is empty.
fn assert_sent(ledger: Ledger, left: Vec<PendingSegment>) {
    send(ledger, left.len());
    drop(left);
    let ((accounts, waiting), totals) = (counts(), queue::totals());
    assert_eq!(
        (totals.opened, totals.finished, accounts.sent, accounts.held, accounts.in_flight, waiting),
        (1, 1, 1, 0, 0, 0)
    );
    assert_queue_is_empty();
}

fn check_recorded_once(unfinished: bool) {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let cell = Arc::new(Detached::new(0));
    let handle = handle(&cell, unfinished);
    // The segment ends before or after its handle.
    let caller = thread::spawn(move || assert_eq!(segment(outbox, cell), HandOver::Queued));
    let (mut waiting, mut left) = (PendingSegments::new(NO_TIMEOUT, ENOUGH), Vec::new());
    round(ledger, &mut waiting, &mut left);
    caller.join().unwrap();
    assert!(handle.join().unwrap(), "only the handle ends the span");
    for _ in 0..2 {
        round(ledger, &mut waiting, &mut left);
    }
    let [held] = left.as_slice() else { panic!("{} left", left.len()) };
    let expected: &[_] =
        if unfinished { &[("unfinished", ""), ("ending", "all")] } else { &[("ending", "all")] };
    assert_eq!((tags(held).as_slice(), held.records[0].end), (expected, 5));
    assert_sent(ledger, left);
}

pub(super) fn ended_handle_is_recorded_once() {
    check_recorded_once(false);
}

pub(super) fn dropped_handle_is_recorded_once() {
    check_recorded_once(true);
}

pub(super) fn expired_handle_is_recorded_fully_or_returns_false() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let cell = Arc::new(Detached::new(0));
    segment(ThreadOutbox::claim(), Arc::clone(&cell));
    let (mut waiting, mut left) = (PendingSegments::new(EXPIRED, ENOUGH), Vec::new());
    round(ledger, &mut waiting, &mut left);
    let handle = handle(&cell, false);
    drop(cell);
    round(ledger, &mut waiting, &mut left);
    let [held] = left.as_slice() else { panic!("{} left", left.len()) };
    // The segment has left by now, so its tags are read before the handle is known to be done.
    let tags_before = tags(held);
    let in_time = handle.join().unwrap();
    let expected: &[_] = if in_time { &[("ending", "all")] } else { &[("unfinished", "")] };
    assert_eq!((tags_before.as_slice(), tags(held).as_slice()), (expected, expected));
    assert_sent(ledger, left);
}

pub(super) fn handle_during_shutdown_leaves_nothing_queued() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let cell = Arc::new(Detached::new(0));
    segment(ThreadOutbox::claim(), Arc::clone(&cell));
    let (mut waiting, mut left) = (PendingSegments::new(NO_TIMEOUT, ENOUGH), Vec::new());
    round(ledger, &mut waiting, &mut left);
    let handle = handle(&cell, false);
    drop(cell);
    ledger.close(|_| ());
    // The reporter ends, and drops its pending segments.
    drop(waiting);
    assert!(handle.join().unwrap() && left.is_empty());
    let (accounts, waiting) = counts();
    assert_eq!((accounts.shutdown, accounts.held, accounts.in_flight, waiting), (1, 0, 0, 0));
    assert_queue_is_empty();
}
