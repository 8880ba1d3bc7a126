//! Positions in a segment: the current span, and spans that were opened. Each is one number, so that
//! it fits in a register.

use crate::span::record::{NONE, Record};

/// The position of the current span.
///
/// The lowest 16 bits are the index of a recorded span. The next 16 bits are the level: 0 for the
/// span itself, 1 for the first span that merged with it. The upper half is the number of the
/// current overflow span below it, or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(u64);

impl Default for Cursor {
    fn default() -> Self {
        Self::NONE
    }
}

impl Cursor {
    pub(crate) const NONE: Self = Self::of(NONE);
    const LEVEL: u32 = 16;
    const OVERFLOW: u32 = 32;
    const ONE_OVERFLOW: u64 = 1 << Self::OVERFLOW;
    const RECORDED: u64 = Self::ONE_OVERFLOW - 1;

    #[inline]
    pub(crate) const fn of(index: u16) -> Self {
        Self(index as u64)
    }

    #[inline]
    pub(crate) fn at_level(index: u16, level: u16) -> Self {
        Self(u64::from(index) | u64::from(level.min(Record::MOST_LEVELS)) << Self::LEVEL)
    }

    #[inline]
    pub(crate) fn index(self) -> u16 {
        #[expect(clippy::cast_possible_truncation, reason = "the lowest part")]
        let index = self.0 as u16;
        index
    }

    #[inline]
    pub(super) fn level(self) -> u16 {
        #[expect(clippy::cast_possible_truncation, reason = "the second part")]
        let level = (self.0 >> Self::LEVEL) as u16;
        level
    }

    pub(super) fn set_level(&mut self, level: u16) {
        let overflow = self.0 & !(Self::ONE_OVERFLOW - 1);
        self.0 = Self::at_level(self.index(), level).0 | overflow;
    }

    /// Returns true inside an overflow span.
    #[inline]
    pub(crate) fn is_overflow(self) -> bool {
        self.0 >= Self::ONE_OVERFLOW
    }

    /// Returns the position in which the record was opened. The overflow span stays.
    #[inline]
    pub(super) fn up(self, record: &Record) -> Self {
        let overflow = self.0 & !(Self::ONE_OVERFLOW - 1);
        Self(u64::from(record.parent) | u64::from(record.parent_level()) << Self::LEVEL | overflow)
    }

    /// Returns true if this is the position of the span itself.
    pub(crate) fn is_at(self, opened: SpanRef) -> bool {
        match opened.which() {
            SpanRefKind::Recorded(index) => self == Self::of(index),
            SpanRefKind::Merged(index, level) => self == Self::at_level(index, level),
            SpanRefKind::Overflow(number) => self.overflow() == number,
        }
    }

    /// Returns the number of the overflow span, or 0.
    pub(super) fn overflow(self) -> u32 {
        (self.0 >> Self::OVERFLOW) as u32
    }

    /// Returns the same position inside the overflow span with this number.
    pub(super) fn within_overflow(self, number: u32) -> Self {
        Self(u64::from(number) << Self::OVERFLOW | self.0 & Self::RECORDED)
    }
}

/// A span that was opened, as the bits that guards and futures keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpanRef(u32);

/// How a span was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanRefKind {
    /// As a recorded span with this index.
    Recorded(u16),
    /// As an overflow span with this number, since the segment is full.
    Overflow(u32),
    /// Merged with the span of this index, at this level.
    Merged(u16, u16),
}

impl SpanRef {
    pub(crate) const OVERFLOW: u32 = 1 << 30;
    /// The level of a merged span.
    pub(crate) const LEVEL: u32 = 0b1111 << Self::LEVEL_SHIFT;
    const LEVEL_SHIFT: u32 = 16;
    const INDEX: u32 = 0xffff;
    /// The first span of a segment.
    pub(crate) const FIRST: Self = Self(0);
    /// The greatest number of an overflow span. It uses the bits of index and level.
    pub(super) const MOST_OVERFLOW: u32 = Self::INDEX | Self::LEVEL;

    #[inline]
    pub(crate) fn recorded(index: u16) -> Self {
        Self(u32::from(index))
    }

    pub(super) fn overflow(number: u32) -> Self {
        Self(number & Self::MOST_OVERFLOW | Self::OVERFLOW)
    }

    pub(super) fn merged(index: u16, level: u16) -> Self {
        Self(u32::from(index) | (u32::from(level) << Self::LEVEL_SHIFT) & Self::LEVEL)
    }

    /// Reads a span from these bits. Ignores other bits.
    #[inline]
    pub(crate) fn of_bits(bits: u32) -> Self {
        Self(bits & (Self::OVERFLOW | Self::LEVEL | Self::INDEX))
    }

    #[inline]
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    #[inline]
    pub(crate) fn index(self) -> u16 {
        #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
        let index = self.0 as u16;
        index
    }

    /// Returns the level of a merged span. 0 for other spans.
    #[inline]
    pub(crate) fn level(self) -> u16 {
        ((self.0 & Self::LEVEL) >> Self::LEVEL_SHIFT) as u16
    }

    /// Returns true for an overflow span.
    pub(crate) fn is_overflow(self) -> bool {
        self.0 & Self::OVERFLOW != 0
    }

    /// Returns the number of an overflow span.
    #[inline]
    pub(super) fn overflow_number(self) -> Option<u32> {
        (self.0 & Self::OVERFLOW != 0).then_some(self.0 & Self::MOST_OVERFLOW)
    }

    pub(crate) fn which(self) -> SpanRefKind {
        match (self.overflow_number(), self.level()) {
            (Some(number), _) => SpanRefKind::Overflow(number),
            (None, 0) => SpanRefKind::Recorded(self.index()),
            (None, level) => SpanRefKind::Merged(self.index(), level),
        }
    }
}
