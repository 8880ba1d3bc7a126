//! The runtime's queue. Its modules are included by path.

#[path = "../../../skywalking-runtime/src/queue/budget.rs"]
mod budget;
#[path = "../../../skywalking-runtime/src/queue/buffer.rs"]
mod buffer;
#[path = "../../../skywalking-runtime/src/queue/counts.rs"]
mod counts;
#[path = "../../../skywalking-runtime/src/queue/outbox.rs"]
mod outbox;
#[path = "../../../skywalking-runtime/src/queue/segments.rs"]
mod segments;
#[path = "../../../skywalking-runtime/src/queue/totals.rs"]
mod totals;

pub(crate) use self::budget::{Budget, release, reserve_bytes, set_pending};
pub(crate) use self::buffer::Buffer;
pub(crate) use self::counts::{
    count_closed, count_open, finished_late, open_segments, opened_late,
};
pub(crate) use self::outbox::{
    HandOver, ThreadOutbox, after_fork, close, free_idle, open, outboxes,
};
pub(crate) use self::segments::{Attached, FinishedSegment, FinishedSegments, SegmentHeader};
pub(crate) use self::totals::{Totals, totals};
