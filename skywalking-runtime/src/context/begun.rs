//! The numbers of an open span that guards and futures keep, and how a span ends.

use std::thread::panicking;

use crate::segment::{Segment, SpanRef};
use crate::span::record::Mark;

/// Identifies a span that was opened. Packed, since each traced future has one.
#[repr(C, packed(4))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    /// The key of the segment. 0 if nothing was opened.
    pub(crate) key: u64,
    pub(crate) bits: u32,
}

/// The span is a root. This bit and those below are above the bits of [`SpanRef`].
pub(crate) const ROOT: u32 = 1 << 31;
/// The span belongs to an unsampled request.
pub(crate) const UNSAMPLED: u32 = 1 << 29;
/// The thread was already panicking when the span opened.
pub(crate) const PANICKING: u32 = 1 << 28;
/// A future waits for its span to open.
pub(crate) const AWAITED: u32 = 1 << 27;
/// The program holds the span's guard.
pub(crate) const BY_HAND: u32 = 1 << 26;
// `SpanRef` uses the other bits.
const _: () = assert!(
    (ROOT | UNSAMPLED | PANICKING | AWAITED | BY_HAND)
        & (SpanRef::OVERFLOW | SpanRef::LEVEL | 0xffff)
        == 0
);

impl Begun {
    pub(crate) const NOTHING: Self = Self { key: 0, bits: 0 };
    /// A future is polled for the first time and takes the span that opens.
    pub(crate) const EXPECTED: Self = Self { key: 0, bits: AWAITED };

    #[inline]
    pub(crate) fn child(key: u64, opened: SpanRef) -> Self {
        Self { key, bits: opened.bits() }
    }

    pub(crate) fn root(key: u64, opened: SpanRef) -> Self {
        let child = Self::child(key, opened);
        Self { bits: child.bits | ROOT, ..child }
    }

    pub(crate) fn unsampled_root(key: u64) -> Self {
        Self { key, bits: ROOT | UNSAMPLED }
    }

    pub(crate) fn unsampled(key: u64) -> Self {
        Self { key, bits: UNSAMPLED }
    }

    #[inline]
    pub(crate) fn index(self) -> u16 {
        self.opened().index()
    }

    #[inline]
    pub(crate) fn is_root(self) -> bool {
        self.bits & ROOT != 0
    }

    pub(crate) fn is_unsampled(self) -> bool {
        self.bits & UNSAMPLED != 0
    }

    /// Returns the span in its segment.
    #[inline]
    pub(crate) fn opened(self) -> SpanRef {
        SpanRef::of_bits(self.bits)
    }

    /// Remembers that the thread is panicking, so that the panic is not recorded on this span.
    #[inline]
    pub(crate) fn note_panic(&mut self) {
        if panicking() {
            self.bits |= PANICKING;
        }
    }

    pub(crate) fn was_panicking(self) -> bool {
        self.bits & PANICKING != 0
    }
}

/// How a span ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Ready,
    Marked(Mark),
}

impl End {
    /// Ends a span now.
    pub(crate) fn apply(self, segment: &mut Segment, opened: SpanRef) {
        if let Self::Marked(mark) = self {
            segment.mark(opened, mark);
        }
        segment.end(opened);
    }

    /// Ends a span that ended at this stamp.
    pub(crate) fn apply_at(self, segment: &mut Segment, opened: SpanRef, at: u64) {
        if let Self::Marked(mark) = self {
            segment.mark_at(opened, mark, at);
        }
        segment.end_at(opened, at);
    }
}
