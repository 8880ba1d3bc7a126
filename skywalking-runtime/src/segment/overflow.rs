//! Spans beyond the span limit of their segment. They are not recorded.
//!
//! Their number is unbounded, so an entry is reused when its span has ended. An entry holds the
//! enclosing span and, for an exit, the peer: headers are written for such an exit as well.

use crate::segment::names::known_peer;
use crate::segment::{Cursor, Segment, SpanRef, UNKNOWN_PEER};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{AttributeKind, LeftOut, Record};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, PEER_LIMIT};

/// As many may be open at a time; of those beyond nothing is known.
const MOST: u32 = 1 << 16;
/// A local span beyond that.
const LOST: u32 = MOST + 1;
/// An exit beyond that: it is one, and its address is unknown.
const LOST_EXIT: u32 = MOST + 2;
const _: () = assert!(LOST_EXIT <= SpanRef::MOST_OVERFLOW);

/// A span that is not recorded.
#[derive(Debug)]
struct OverflowSpan {
    /// The span around it that is recorded.
    place: Cursor,
    /// The number of the one around it that isn't, or 0. Of a place that is free: of the next free
    /// one.
    outer: u32,
    /// So many places have this one as their outer one.
    inner: u32,
    is_open: bool,
    kind: SpanKind,
    /// 0, or at which level it is one with the span around it, which is of the same kind.
    level: u16,
    /// A span that is one with this one is open.
    has_merged: bool,
    /// The address of an exit, else empty.
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

/// Those of one segment. They have numbers from 1 on.
#[derive(Debug, Default)]
pub(super) struct OverflowSpans {
    places: Vec<OverflowSpan>,
    /// The number of a place that may be used again, or 0.
    free: u32,
}

impl OverflowSpans {
    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.free = 0;
    }

    pub(super) fn is_worth_keeping(&self) -> bool {
        self.places.capacity() <= 64
    }

    fn get(&self, number: u32) -> Option<&OverflowSpan> {
        self.places.get((number as usize).checked_sub(1)?)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut OverflowSpan> {
        self.places.get_mut((number as usize).checked_sub(1)?)
    }

    /// The span around this place, if a span of this kind that opens there is one with it: the rule
    /// of `merging`.
    fn to_merge_with(&self, place: Cursor, kind: SpanKind) -> Option<&OverflowSpan> {
        self.get(place.overflow()).filter(|outer| {
            kind != SpanKind::Local
                && outer.kind == kind
                && outer.is_open
                && !outer.has_merged
                && outer.level < Record::MOST_LEVELS
        })
    }

    /// An open span with this address. `None` if there are too many.
    fn add(&mut self, place: Cursor, kind: SpanKind, peer: &str) -> Option<u32> {
        let mut number = self.free;
        if number == 0 {
            number = u32::try_from(self.places.len() + 1).ok().filter(|number| *number <= MOST)?;
            self.places.push(OverflowSpan::FREE);
        }
        // A chain of them ends: each is younger than its outer one, which is open.
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

    /// The span itself if it is open, else the nearest around it that is, or 0.
    fn nearest_open(&self, mut number: u32) -> u32 {
        while let Some(overflow) = self.get(number).filter(|overflow| !overflow.is_open) {
            number = overflow.outer;
        }
        number
    }

    /// Ends one. Its place is free once no other one needs it to find what is around.
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
    /// A span opens for which there is no room, with its side entries in this list.
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
                self.look_at_root();
            }
            self.limited = true;
            self.left_out.add(LeftOut::SPAN);
        }
        self.current = self.current.within_overflow(number);
        SpanRef::overflow(number)
    }

    /// An exit is about to open for which there is no room: its number, under which it keeps its
    /// address.
    #[cold]
    pub(crate) fn reserve_overflow(&mut self, peer: &str) -> u32 {
        let mut kept = String::new();
        text::push_name(&mut kept, known_peer(peer), PEER_LIMIT);
        self.overflow.add(self.current, SpanKind::Exit, &kept).unwrap_or(LOST_EXIT)
    }

    /// It opens. Whatever its arguments left behind, it is where it was when they began.
    #[cold]
    pub(crate) fn open_reserved(&mut self, number: u32) -> SpanRef {
        self.enter_overflow(number)
    }

    /// It does not open.
    #[cold]
    pub(crate) fn release_overflow(&mut self, number: u32) {
        self.overflow.close(number);
    }

    /// False of a span that is one with the span around it: it was counted with that.
    fn is_left_out(&self, number: u32) -> bool {
        self.overflow.get(number).is_none_or(|overflow| overflow.level == 0)
    }

    /// Closes a span that was not recorded. If it is the current one, the nearest around it that is
    /// open becomes so.
    #[cold]
    pub(super) fn close_overflow(&mut self, number: u32) {
        if self.current.overflow() == number {
            let outer = self.overflow.get(number).map_or(0, |overflow| overflow.outer);
            self.current =
                self.nearest_open(self.current.within_overflow(self.overflow.nearest_open(outer)));
        }
        self.overflow.close(number);
    }

    /// The place of a span that was not recorded.
    #[cold]
    pub(super) fn overflow_cursor(&self, number: u32) -> Cursor {
        let place = self.overflow.get(number).map_or(self.current, |overflow| overflow.place);
        place.within_overflow(number)
    }

    /// The place itself, unless it is in a span that was not recorded and is over: then in the
    /// nearest around it.
    #[cold]
    pub(super) fn nearest_open_overflow(&self, place: Cursor) -> Cursor {
        let number = self.overflow.nearest_open(place.overflow());
        // Its own word, since a part that is over may have taken the span along that was current.
        self.overflow.get(number).map_or(place, |overflow| overflow.place).within_overflow(number)
    }

    /// The address of a span that is not recorded; empty if it is no exit.
    pub(super) fn overflow_peer(&self, number: u32) -> &str {
        match self.overflow.get(number) {
            Some(overflow) => &overflow.peer,
            None if number == LOST_EXIT => UNKNOWN_PEER,
            None => "",
        }
    }

    /// A new part begins: what is below a span that was told with an earlier one is below the
    /// nearest that goes on.
    pub(super) fn reparent_overflow(&mut self) {
        let mut overflow = std::mem::take(&mut self.overflow);
        for overflow in &mut overflow.places {
            overflow.place = self.nearest_open(overflow.place);
        }
        self.overflow = overflow;
    }
}
