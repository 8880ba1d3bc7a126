//! The queue of finished segments, and the counts of the threads that fill it.
//!
//! Each thread owns a [`ThreadOutbox`] with two [`Buffer`]s. A finished segment's records are copied
//! into a buffer, so no memory is freed on another thread. The thread or the reporter holds a
//! buffer's flag while it uses it. The reporter holds one buffer at a time, so the thread finds the
//! other one free and never waits. A new thread takes over the outbox of a thread that has ended.
//! There are never more outboxes than threads that lived at the same time, and finding one takes no
//! lock.
//!
//! [`outbox`] is the outbox of a thread, [`buffer`] controls access to a buffer, [`segments`] is
//! what a buffer contains, [`budget`] limits the queue's size, [`counts`] and [`mod@totals`] count
//! segments on the callers' side.
//!
//! [`entry_queue`] is the queue of what is not a segment: log records and events.
//!
//! Invariants:
//! * Only the owner of an outbox writes its counts (plain load and store), each after the event
//!   that it counts.
//! * A reader that reads "dropped", then "finished", then "opened" sees `opened >= finished >=
//!   dropped`.
//! * After [`close`] no buffer takes a segment: the flag is checked while the buffer is held.

mod budget;
mod buffer;
mod counts;
mod entry_queue;
mod outbox;
mod segments;
mod totals;

pub(crate) use self::budget::{Budget, release, reserve_bytes, set_pending};
pub(crate) use self::buffer::Buffer;
pub(crate) use self::counts::{
    count_closed, count_open, finished_late, ignored_late, open_segments, opened_late,
};
pub(crate) use self::entry_queue::{Entry, EntryCounts, EntryQueue, Pushed};
pub(crate) use self::outbox::{
    HandOver, ThreadOutbox, after_fork, close, free_idle, open, outboxes,
};
pub(crate) use self::segments::{Attached, FinishedSegment, FinishedSegments, SegmentHeader};
pub(crate) use self::totals::{Totals, totals};
