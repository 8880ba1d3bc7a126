//! Where segments go, besides their way out, that were opened inside of a test: `testing` looks at them there.

use bytes::Bytes;
use once_cell::sync::OnceCell;

/// Takes the mark of the test and the bytes of a finished segment's `SegmentObject`, on the reporter's thread.
pub(crate) type Sink = fn(u32, &Bytes);

/// Set once by `testing`.
pub(crate) static SINK: OnceCell<Sink> = OnceCell::new();

/// Hands over a segment that carries a test's mark.
pub(crate) fn hand(mark: u32, segment: &Bytes) {
    if let (true, Some(sink)) = (mark != 0, SINK.get()) {
        sink(mark, segment);
    }
}
