//! Spans that end by a handle: what it says meets the reporter, who looks whether it is done, gives
//! it up or is given up himself.

use loom::sync::Arc;
use loom::thread::{self, JoinHandle};

use super::{ENOUGH, GENERATION, end_segment, nothing_waits};
use crate::queue::{self, Attached, FinishedSegments, HandOver, ThreadOutbox};
use crate::report::accounts::{self, End, Ledger};
use crate::report::encode::Segment;
use crate::report::pending::{PendingSegment, PendingSegments};
use crate::span::record::AttributeKind;
use crate::span::tag::Kept;
use crate::trace::detached::{Detached, Ending, Entry};

/// How long segments wait for their handles.
const FOREVER: u64 = u64::MAX;
const NOT_AT_ALL: u64 = 0;

/// A handle that says one thing and is done, or dropped. True if that was in time.
fn handle(cell: &Arc<Detached>, unfinished: bool) -> JoinHandle<bool> {
    let cell = Arc::clone(cell);
    thread::spawn(move || {
        let mut said = Ending::default();
        said.end = 5;
        said.unfinished = unfinished;
        said.entries.push(Entry::Tag("said", Kept::text("all")));
        said.reserve(3, ENOUGH);
        cell.fill(said)
    })
}

/// A segment whose first span ends by a handle.
fn segment(outbox: &ThreadOutbox, cell: Arc<Detached>) -> HandOver {
    outbox.opened();
    end_segment(outbox, 1, ENOUGH, Attached { detached: vec![cell], ..Attached::default() })
}

/// One round of the reporter.
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

/// The keys and texts of the first span's tags.
fn tags(held: &PendingSegment) -> Vec<(&'static str, &str)> {
    let side = |at: u32| held.sides.get((at as usize).checked_sub(1)?);
    let list = std::iter::successors(side(held.records[0].side), |newer| side(newer.next));
    let text = |kind, from: usize, length: usize| {
        if kind == AttributeKind::Text { &held.text[from..from + length] } else { "" }
    };
    list.map(|side| (side.key, text(side.kind, side.a as usize, side.b as usize))).collect()
}

/// The segment has left: each count says so, and nothing takes room any more.
fn is_settled(ledger: Ledger, left: Vec<PendingSegment>) {
    ledger.arrive(left.len(), End::Sent);
    drop(left);
    let ((accounts, waiting), totals) = (accounts::read(), queue::totals());
    assert_eq!(
        (totals.opened, totals.finished, accounts.sent, accounts.held, accounts.in_flight, waiting),
        (1, 1, 1, 0, 0, 0)
    );
    nothing_waits();
}

fn what_a_handle_says_is_told(unfinished: bool) {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let outbox = ThreadOutbox::claim();
    let cell = Arc::new(Detached::new(0));
    let handle = handle(&cell, unfinished);
    // The segment ends before or after its handle.
    let caller = thread::spawn(move || assert_eq!(segment(outbox, cell), HandOver::Queued));
    let (mut waiting, mut left) = (PendingSegments::new(FOREVER, ENOUGH), Vec::new());
    round(ledger, &mut waiting, &mut left);
    caller.join().unwrap();
    assert!(handle.join().unwrap(), "nobody else ends the span");
    for _ in 0..2 {
        round(ledger, &mut waiting, &mut left);
    }
    let [held] = left.as_slice() else { panic!("{} left", left.len()) };
    let expected: &[_] =
        if unfinished { &[("unfinished", ""), ("said", "all")] } else { &[("said", "all")] };
    assert_eq!((tags(held).as_slice(), held.records[0].end), (expected, 5));
    is_settled(ledger, left);
}

pub(super) fn what_a_handle_says_that_is_done_is_told_once() {
    what_a_handle_says_is_told(false);
}

pub(super) fn what_a_handle_says_that_is_dropped_is_told_once() {
    what_a_handle_says_is_told(true);
}

pub(super) fn a_handle_that_meets_the_end_of_patience_tells_all_or_learns_that_it_is_late() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let cell = Arc::new(Detached::new(0));
    segment(ThreadOutbox::claim(), Arc::clone(&cell));
    let (mut waiting, mut left) = (PendingSegments::new(NOT_AT_ALL, ENOUGH), Vec::new());
    round(ledger, &mut waiting, &mut left);
    let handle = handle(&cell, false);
    drop(cell);
    round(ledger, &mut waiting, &mut left);
    let [held] = left.as_slice() else { panic!("{} left", left.len()) };
    // What it told has left by now, so it is looked at before the handle is known to be done.
    let told = tags(held);
    let in_time = handle.join().unwrap();
    let expected: &[_] = if in_time { &[("said", "all")] } else { &[("unfinished", "")] };
    assert_eq!((told.as_slice(), tags(held).as_slice()), (expected, expected));
    is_settled(ledger, left);
}

pub(super) fn a_handle_that_meets_a_shutdown_leaves_nothing_behind() {
    queue::open(GENERATION);
    let ledger = Ledger::open(GENERATION);
    let cell = Arc::new(Detached::new(0));
    segment(ThreadOutbox::claim(), Arc::clone(&cell));
    let (mut waiting, mut left) = (PendingSegments::new(FOREVER, ENOUGH), Vec::new());
    round(ledger, &mut waiting, &mut left);
    let handle = handle(&cell, false);
    drop(cell);
    ledger.close();
    // The reporter ends, and with it what it held.
    drop(waiting);
    assert!(handle.join().unwrap() && left.is_empty());
    let (accounts, waiting) = accounts::read();
    assert_eq!((accounts.shutdown, accounts.held, accounts.in_flight, waiting), (1, 0, 0, 0));
    nothing_waits();
}
