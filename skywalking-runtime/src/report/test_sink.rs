//! Passes a copy of each segment to tests, with the feature `testing`: a segment of a test to that
//! test, all others to the check of the protocol's rules.

use std::sync::OnceLock;

use bytes::Bytes;

use super::wire_check;

/// Takes the mark of the test and a finished segment's encoded `SegmentObject`, on the reporter's
/// thread. Returns true if the test exists.
pub(crate) type Sink = fn(u32, &Bytes) -> bool;

/// Set once by `testing`.
pub(crate) static SINK: OnceLock<Sink> = OnceLock::new();

/// Passes a segment to the test that opened it.
pub(crate) fn hand(mark: u32, segment: &Bytes) {
    let taken = mark != 0 && SINK.get().is_some_and(|sink| sink(mark, segment));
    if !taken {
        wire_check::abort_on_violation(segment);
    }
}
