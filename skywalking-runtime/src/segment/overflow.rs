//! Overflow spans: spans beyond the span limit of their segment. They are not recorded.
//!
//! Their number is unbounded, so an entry is reused when its span has ended. An entry has the
//! enclosing span and, for an Exit, the peer, because headers are written for such an Exit too.

use crate::segment::names::known_peer;
use crate::segment::{Cursor, Segment, SpanRef, UNKNOWN_PEER};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{AttributeKind, LeftOut, Record};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, PEER_LIMIT};

/// The most entries. Further open spans share one of the two numbers below.
const MOST: u32 = 1 << 16;
/// The number of spans without an entry.
const LOST: u32 = MOST + 1;
/// The number of Exit spans without an entry. Their peer is unknown.
const LOST_EXIT: u32 = MOST + 2;
const _: () = assert!(LOST_EXIT <= SpanRef::MOST_OVERFLOW);

/// An overflow span, or a free entry.
#[derive(Debug)]
struct OverflowSpan {
    /// The enclosing recorded span.
    place: Cursor,
    /// The number of the enclosing overflow span, or 0. In a free entry, the number of the next free
    /// one.
    outer: u32,
    /// The number of entries whose `outer` is this one.
    inner: u32,
    is_open: bool,
    kind: SpanKind,
    /// The level at which it merged with the enclosing overflow span, or 0.
    level: u16,
    /// True while a span that merged with this one is open.
    has_merged: bool,
    /// The peer of an Exit. Empty for other kinds.
    peer: String,
}

impl OverflowSpan {
    const FREE: Self = Self {
        place: Cursor::NONE,
        outer: 0,
        inner: 0,
        is_open: false,
        kind: SpanKind::Local,
        level: 0,
        has_merged: false,
        peer: String::new(),
    };
}

/// The overflow spans of one segment, numbered from 1.
#[derive(Debug, Default)]
pub(super) struct OverflowSpans {
    entries: Vec<OverflowSpan>,
    /// The number of the first free entry, or 0.
    free: u32,
}

impl OverflowSpans {
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.free = 0;
    }

    pub(super) fn is_worth_keeping(&self) -> bool {
        self.entries.capacity() <= 64
    }

    fn get(&self, number: u32) -> Option<&OverflowSpan> {
        self.entries.get((number as usize).checked_sub(1)?)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut OverflowSpan> {
        self.entries.get_mut((number as usize).checked_sub(1)?)
    }

    /// Returns the overflow span with which a span of this kind would merge, by the rule of
    /// `merging`.
    fn to_merge_with(&self, place: Cursor, kind: SpanKind) -> Option<&OverflowSpan> {
        self.get(place.overflow()).filter(|outer| {
            kind != SpanKind::Local
                && outer.kind == kind
                && outer.is_open
                && !outer.has_merged
                && outer.level < Record::MOST_LEVELS
        })
    }

    /// Adds an open span with this peer. Returns `None` if there are too many.
    fn add(&mut self, place: Cursor, kind: SpanKind, peer: &str) -> Option<u32> {
        let mut number = self.free;
        if number == 0 {
            number = u32::try_from(self.entries.len() + 1).ok().filter(|number| *number <= MOST)?;
            self.entries.push(OverflowSpan::FREE);
        }
        // Each span is younger than its outer one, so the chain ends.
        let outer = if self.get(place.overflow()).is_some_and(|outer| !outer.is_open) {
            0
        } else {
            place.overflow()
        };
        let merges = self.to_merge_with(place, kind);
        let level = merges.map_or(0, |outer| outer.level + 1);
        let overflow = self.get_mut(number)?;
        let next = overflow.outer;
        (overflow.place, overflow.outer, overflow.is_open) = (place, outer, true);
        (overflow.kind, overflow.level, overflow.has_merged) = (kind, level, false);
        overflow.peer.push_str(peer);
        self.free = next;
        if let Some(outer) = self.get_mut(outer) {
            outer.inner += 1;
            outer.has_merged |= level > 0;
        }
        Some(number)
    }

    /// Returns the span itself if it is open, else the nearest open overflow span around it, or 0.
    fn nearest_open(&self, mut number: u32) -> u32 {
        while let Some(overflow) = self.get(number).filter(|overflow| !overflow.is_open) {
            number = overflow.outer;
        }
        number
    }

    /// Ends a span. Its entry is freed once no other entry refers to it.
    fn close(&mut self, mut number: u32) {
        let Some(overflow) = self.get_mut(number).filter(|overflow| overflow.is_open) else {
            return;
        };
        overflow.is_open = false;
        overflow.peer.clear();
        if overflow.level > 0 {
            let outer = overflow.outer;
            if let Some(outer) = self.get_mut(outer) {
                outer.has_merged = false;
            }
        }
        let mut free = self.free;
        while let Some(overflow) =
            self.get_mut(number).filter(|overflow| !overflow.is_open && overflow.inner == 0)
        {
            let outer = std::mem::replace(&mut overflow.outer, free);
            free = number;
            number = outer;
            if let Some(outer) = self.get_mut(outer) {
                outer.inner = outer.inner.saturating_sub(1);
            }
        }
        self.free = free;
    }
}

impl Segment {
    /// Opens a span beyond the span limit, whose attributes are in the list `side`.
    #[cold]
    pub(super) fn open_overflow(&mut self, callsite: &'static Callsite, side: u32) -> SpanRef {
        let mut peer = String::new();
        if callsite.kind == SpanKind::Exit {
            let computed = self.find(side, |kind| kind == AttributeKind::Peer);
            let given = computed.map_or(callsite.peer, |side| self.text_of(side));
            text::push_name(&mut peer, known_peer(given), PEER_LIMIT);
        }
        let number = self.overflow.add(self.current, callsite.kind, &peer);
        self.enter_overflow(number.unwrap_or(if peer.is_empty() { LOST } else { LOST_EXIT }))
    }

    fn enter_overflow(&mut self, number: u32) -> SpanRef {
        if self.is_left_out(number) {
            diagnostics::count(Diagnostic::SpanLimit);
            if !self.limited {
                self.report_full();
            }
            self.limited = true;
            self.left_out.add(LeftOut::SPAN);
        }
        self.current = self.current.within_overflow(number);
        SpanRef::overflow(number)
    }

    /// Enters an overflow span that was left, as a child of the current span. It was counted when it
    /// opened.
    #[cold]
    pub(super) fn reopen_overflow(&mut self, callsite: &'static Callsite) -> SpanRef {
        let is_exit = callsite.kind == SpanKind::Exit;
        let peer = match callsite.peer {
            "" if is_exit => UNKNOWN_PEER,
            peer => peer,
        };
        let peer = if is_exit { peer } else { "" };
        let number = self.overflow.add(self.current, callsite.kind, peer);
        let number = number.unwrap_or(if is_exit { LOST_EXIT } else { LOST });
        self.current = self.current.within_overflow(number);
        SpanRef::overflow(number)
    }

    /// Adds an overflow span for an Exit that is about to open, and keeps its peer. Returns its
    /// number.
    #[cold]
    pub(crate) fn reserve_overflow(&mut self, peer: &str) -> u32 {
        let mut kept = String::new();
        text::push_name(&mut kept, known_peer(peer), PEER_LIMIT);
        self.overflow.add(self.current, SpanKind::Exit, &kept).unwrap_or(LOST_EXIT)
    }

    /// Opens a reserved overflow span, in the position in which it was reserved.
    #[cold]
    pub(crate) fn open_reserved(&mut self, number: u32) -> SpanRef {
        self.enter_overflow(number)
    }

    /// Releases a reserved overflow span that does not open.
    #[cold]
    pub(crate) fn release_overflow(&mut self, number: u32) {
        self.overflow.close(number);
    }

    /// Returns true if the span counts as left out. A merged span counts with its outer span.
    fn is_left_out(&self, number: u32) -> bool {
        self.overflow.get(number).is_none_or(|overflow| overflow.level == 0)
    }

    /// Closes an overflow span. If it is the current one, its nearest open ancestor becomes current.
    #[cold]
    pub(super) fn close_overflow(&mut self, number: u32) {
        if self.current.overflow() == number {
            let outer = self.overflow.get(number).map_or(0, |overflow| overflow.outer);
            self.current =
                self.nearest_open(self.current.within_overflow(self.overflow.nearest_open(outer)));
        }
        self.overflow.close(number);
    }

    /// Returns the position of an overflow span.
    #[cold]
    pub(super) fn overflow_cursor(&self, number: u32) -> Cursor {
        let place = self.overflow.get(number).map_or(self.current, |overflow| overflow.place);
        place.within_overflow(number)
    }

    /// Returns the position of the nearest overflow span that is open.
    #[cold]
    pub(super) fn nearest_open_overflow(&self, place: Cursor) -> Cursor {
        let number = self.overflow.nearest_open(place.overflow());
        // The entry's position is used, since the current span can have left with an earlier part.
        self.overflow.get(number).map_or(place, |overflow| overflow.place).within_overflow(number)
    }

    /// Returns the peer of an overflow span. Empty unless it is an Exit.
    pub(super) fn overflow_peer(&self, number: u32) -> &str {
        match self.overflow.get(number) {
            Some(overflow) => &overflow.peer,
            None if number == LOST_EXIT => UNKNOWN_PEER,
            None => "",
        }
    }

    /// Moves overflow spans below the nearest spans that continue in a new part.
    pub(super) fn reparent_overflow(&mut self) {
        let mut overflow = std::mem::take(&mut self.overflow);
        for overflow in &mut overflow.entries {
            overflow.place = self.nearest_open(overflow.place);
        }
        self.overflow = overflow;
    }
}
