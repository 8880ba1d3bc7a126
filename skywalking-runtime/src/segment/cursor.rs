//! Places in a segment: which span is current, and which was opened. Each is one number, so that it
//! moves in one register.

use crate::span::record::{NONE, Record};

/// Which span is current, and which of those below it that were not recorded because the segment is
/// full. In one number the span's place; above it the level, 0 for the span itself and 1 for the
/// first that merged with it; above that the number of the one that is not recorded, or 0.
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

    /// True within a span that is not recorded.
    #[inline]
    pub(crate) fn is_overflow(self) -> bool {
        self.0 >= Self::ONE_OVERFLOW
    }

    /// The place in which the record was opened; spans that are not recorded stay so.
    #[inline]
    pub(super) fn up(self, record: &Record) -> Self {
        let overflow = self.0 & !(Self::ONE_OVERFLOW - 1);
        Self(u64::from(record.parent) | u64::from(record.parent_level()) << Self::LEVEL | overflow)
    }

    /// The number of the span that is not recorded, or 0.
    pub(super) fn overflow(self) -> u32 {
        (self.0 >> Self::OVERFLOW) as u32
    }

    /// The same place, within the span of this number that is not recorded.
    pub(super) fn within_overflow(self, number: u32) -> Self {
        Self(u64::from(number) << Self::OVERFLOW | self.0 & Self::RECORDED)
    }
}

/// A span that was opened: its place, or that there was no place left. The bits are those that
/// guards and futures keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpanRef(u32);

/// What became of a span that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanRefKind {
    /// The span's id.
    Recorded(u16),
    /// The segment is full: its number among those that are not recorded.
    Overflow(u32),
    /// It is one with its parent: the id of that, and at which level.
    Merged(u16, u16),
}

impl SpanRef {
    pub(crate) const OVERFLOW: u32 = 1 << 30;
    /// Of a span that is one with another, its level.
    pub(crate) const LEVEL: u32 = 0b1111 << Self::LEVEL_SHIFT;
    const LEVEL_SHIFT: u32 = 16;
    const INDEX: u32 = 0xffff;
    /// The greatest number of one that is not recorded, which takes the place of span and level.
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

    /// As it was put into these bits, whatever else is there.
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

    /// 0, but for a span that is one with another.
    #[inline]
    pub(crate) fn level(self) -> u16 {
        ((self.0 & Self::LEVEL) >> Self::LEVEL_SHIFT) as u16
    }

    /// Of one that is not recorded, its number.
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
