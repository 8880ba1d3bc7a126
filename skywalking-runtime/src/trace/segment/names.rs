//! What spans are called and what they call: names and peers, cut and cleaned, and the endpoint that stands for the whole segment.

use std::borrow::Cow;

use super::super::callsite::{Callsite, Kind};
use super::super::record::{NONE, Record, Side, SideKind};
use super::super::tally::{self, Reason};
use super::super::text::{self, NAME_LIMIT, PEER_LIMIT};
use super::entries::TEXT_LIMIT;
use super::{Current, Range, Segment};

impl Segment {
    /// The operation name for the list at `head`; an empty one changes nothing.
    pub(crate) fn name(&mut self, head: &mut u32, name: &str) {
        if let Some(range) = self.store_name(name, NAME_LIMIT) {
            self.push(head, Side { key: "", a: range.offset, b: range.length, next: 0, kind: SideKind::Name });
        }
    }

    /// Another operation name for the current span, whose list begins at `head`.
    pub(crate) fn rename(&mut self, head: &mut u32, name: &str) {
        self.name(head, name);
        if self.current.index == self.shared_endpoint {
            // Those who go on from here from now on shall say the new name.
            self.unshare();
        }
    }

    /// The address called for the list at `head`; an empty one is `unknown`, since a header needs one.
    pub(crate) fn peer(&mut self, head: &mut u32, peer: &str) {
        if let Some(range) = self.store_peer(peer) {
            self.push(head, Side { key: "", a: range.offset, b: range.length, next: 0, kind: SideKind::Peer });
        }
    }

    /// The address that an exit span's header names though the span is not recorded; nothing for another kind.
    pub(super) fn peer_for_header(&mut self, callsite: &'static Callsite, side: u32) -> Range {
        if callsite.kind != Kind::Exit {
            return Range::default();
        }
        match self.find(side, |kind| kind == SideKind::Peer) {
            Some(side) => Range { offset: side.a, length: side.b },
            None => self.store_peer(callsite.peer).unwrap_or_default(),
        }
    }

    fn store_peer(&mut self, peer: &str) -> Option<Range> {
        if peer.is_empty() {
            tally::count(Reason::EmptyPeer);
        }
        self.store_name(if peer.is_empty() { UNKNOWN_PEER } else { peer }, PEER_LIMIT)
    }

    fn store_name(&mut self, name: &str, limit: usize) -> Option<Range> {
        if name.is_empty() {
            return None;
        }
        let name = text::cut(name, limit);
        if self.text.len() + name.len() > TEXT_LIMIT {
            self.refuse_entry();
            return None;
        }
        let from = self.text.len();
        text::push_name(&mut self.text, name, limit);
        Some(self.range(from))
    }

    /// The newest name of a span.
    pub(crate) fn name_of(&self, index: u16) -> Name<'_> {
        let Some(record) = self.records.get(usize::from(index)) else { return Name::Text("") };
        let named = self.find(record.side, |kind| matches!(kind, SideKind::Name | SideKind::StaticName));
        match named {
            Some(side) if side.kind == SideKind::StaticName => Name::Text(side.key),
            Some(side) => Name::Text(self.text_at(Range { offset: side.a, length: side.b })),
            None => Name::Of(record.callsite),
        }
    }

    /// The address that a span calls; empty if it has none.
    pub(crate) fn peer_of(&self, current: Current) -> &str {
        if current.muted > 0 {
            return self.text_at(self.muted_peer);
        }
        let Some(record) = self.records.get(usize::from(current.index)) else { return "" };
        match self.find(record.side, |kind| kind == SideKind::Peer) {
            Some(side) => self.text_at(Range { offset: side.a, length: side.b }),
            None => record.callsite.peer,
        }
    }

    /// The span whose name is the segment's primary endpoint: the first Entry span, else the root.
    pub(crate) fn endpoint(&mut self) -> u16 {
        if self.first_entry != NONE {
            return self.first_entry;
        }
        let from = usize::from(self.searched);
        let found = self.records.iter().skip(from).position(|record| record.callsite.kind == Kind::Entry && !record.is(Record::CONTINUED));
        #[expect(clippy::cast_possible_truncation, reason = "below the limit, which is a u16")]
        match found {
            Some(at) => self.first_entry = (from + at) as u16,
            None => self.searched = self.records.len() as u16,
        }
        if self.first_entry == NONE { 0 } else { self.first_entry }
    }
}

/// What stands where an exit span names no address.
pub(crate) const UNKNOWN_PEER: &str = "unknown";

/// The name of a span: its own, or its callsite's.
#[derive(Clone, Copy)]
pub(crate) enum Name<'a> {
    Text(&'a str),
    Of(&'static Callsite),
}

impl<'a> Name<'a> {
    /// The name as everybody else gets to see it.
    pub(crate) fn clean(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text::clean(text, NAME_LIMIT),
            Self::Of(callsite) => text::clean(callsite.name, NAME_LIMIT),
        }
    }
}
