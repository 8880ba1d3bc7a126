//! The numbers of an open span, as guards and futures keep them, and how it ends.

use std::thread::panicking;

use crate::segment::{Segment, SpanRef};
use crate::span::record::Mark;

/// What was opened. Packed, as each traced future carries it.
#[repr(C, packed(4))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    /// 0: nothing.
    pub(crate) key: u64,
    pub(crate) bits: u32,
}

/// Bits above the span's place.
pub(crate) const ROOT: u32 = 1 << 31;
pub(crate) const UNSAMPLED: u32 = 1 << 29;
pub(crate) const PANICKING: u32 = 1 << 28;
pub(crate) const AWAITED: u32 = 1 << 27;
/// A guard that the program holds.
pub(crate) const BY_HAND: u32 = 1 << 26;
// The others are `SpanRef`'s.
const _: () = assert!(
    (ROOT | UNSAMPLED | PANICKING | AWAITED | BY_HAND)
        & (SpanRef::OVERFLOW | SpanRef::LEVEL | 0xffff)
        == 0
);

impl Begun {
    pub(crate) const NOTHING: Self = Self { key: 0, bits: 0 };
    /// A future is polled for the first time and will take up what is opened.
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

    /// The span as it lies in its segment.
    #[inline]
    pub(crate) fn opened(self) -> SpanRef {
        SpanRef::of_bits(self.bits)
    }

    /// Remembers a panic that is going on: it is none of the span's.
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
    pub(crate) fn apply(self, segment: &mut Segment, opened: SpanRef) {
        if let Self::Marked(mark) = self {
            segment.mark(opened, mark);
        }
        segment.end(opened);
    }

    /// The same of a span that ended at this stamp.
    pub(crate) fn apply_at(self, segment: &mut Segment, opened: SpanRef, at: u64) {
        if let Self::Marked(mark) = self {
            segment.mark_at(opened, mark, at);
        }
        segment.end_at(opened, at);
    }
}
