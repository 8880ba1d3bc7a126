//! What spans are called and what they call: names and peers, cut and cleaned, and the endpoint
//! that stands for the whole segment.

use std::borrow::Cow;

use crate::segment::text::Range;
use crate::segment::{Cursor, Segment};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{Attribute, AttributeKind, NONE, Record};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT};

impl Segment {
    /// The operation name for the list at `head`; a blank one changes nothing.
    pub(crate) fn name(&mut self, head: &mut u32, name: &str) {
        if let Some(range) = self.store_name(name, NAME_LIMIT) {
            self.push(head, Attribute::new("", AttributeKind::Name, range.offset, range.length));
        }
    }

    /// The same of a name in pieces.
    pub(crate) fn name_pieces(&mut self, head: &mut u32, pieces: &[&str]) {
        let from = self.text.len();
        let Some(range) = self
            .store_pieces(pieces, NAME_LIMIT)
            .filter(|range| !text::is_blank(self.text_at(*range)))
        else {
            return;
        };
        let cleaned = match text::clean(self.text_at(range), NAME_LIMIT) {
            Cow::Borrowed(_) => None,
            Cow::Owned(cleaned) => Some(cleaned),
        };
        if let Some(cleaned) = cleaned {
            // Each character that is replaced takes one byte now, so it is not longer than before.
            self.text.truncate(from);
            self.text.push_str(&cleaned);
        }
        let Range { offset, length } = self.range(from);
        self.push(head, Attribute::new("", AttributeKind::Name, offset, length));
    }

    /// Adds a name that is not copied to the list at `head`.
    pub(crate) fn static_name(&mut self, head: &mut u32, name: &'static str) {
        self.push(head, Attribute::new(name, AttributeKind::StaticName, 0, 0));
    }

    /// Renames the current span to a name that is not copied.
    pub(super) fn rename_static(&mut self, name: &'static str) {
        self.with_current_list(|segment, head| segment.static_name(head, name));
        self.renamed();
    }

    /// Another operation name for the current span, whose list begins at `head`.
    pub(crate) fn rename(&mut self, head: &mut u32, name: &str) {
        self.name(head, name);
        self.renamed();
    }

    /// Those who go on from here from now on shall say the current span's new name.
    pub(crate) fn renamed(&mut self) {
        if self.current.index() == self.shared_endpoint {
            self.unshare();
        }
    }

    /// The address called for the list at `head`; a blank one is `unknown`, since a header needs
    /// one.
    pub(crate) fn peer(&mut self, head: &mut u32, peer: &str) {
        if let Some(range) = self.store_peer(peer) {
            self.push(head, Attribute::new("", AttributeKind::Peer, range.offset, range.length));
        }
    }

    fn store_peer(&mut self, peer: &str) -> Option<Range> {
        self.store_name(known_peer(peer), PEER_LIMIT)
    }

    fn store_name(&mut self, name: &str, limit: usize) -> Option<Range> {
        let name = text::cut(name, limit);
        if text::is_blank(name) {
            return None;
        }
        if !self.fits_text(name.len()) {
            return None;
        }
        let from = self.text.len();
        text::push_name(&mut self.text, name, limit);
        Some(self.range(from))
    }

    /// The name in the list at `head`, of a span that has not opened yet.
    pub(crate) fn given_name(&self, head: u32) -> Option<&str> {
        let side = self.find(head, |kind| kind == AttributeKind::Name)?;
        Some(self.text_of(side))
    }

    /// The newest name of a span.
    pub(crate) fn name_of(&self, index: u16) -> Name<'_> {
        let Some(record) = self.records.get(usize::from(index)) else { return Name::Text("") };
        let named = self.find(record.side, |kind| {
            matches!(kind, AttributeKind::Name | AttributeKind::StaticName)
        });
        match named {
            Some(side) if side.kind == AttributeKind::StaticName => Name::Text(side.key),
            Some(side) => Name::Text(self.text_of(side)),
            None => Name::Of(record.callsite),
        }
    }

    /// The name of the root as its callsite gives it.
    #[cfg(feature = "testing")]
    pub(crate) fn root_name(&self) -> &'static str {
        self.records.first().map_or("", |root| root.callsite.name)
    }

    /// The address that a span calls; empty if it has none.
    pub(crate) fn peer_of(&self, current: Cursor) -> &str {
        if current.is_overflow() {
            return self.overflow_peer(current.overflow());
        }
        let Some(record) = self.records.get(usize::from(current.index())) else { return "" };
        match self.find(record.side, |kind| kind == AttributeKind::Peer) {
            Some(side) => self.text_of(side),
            None => record.callsite.peer,
        }
    }

    /// The span whose name is the segment's primary endpoint: the first Entry span, else the root.
    pub(crate) fn endpoint(&mut self) -> u16 {
        if self.first_entry != NONE {
            return self.first_entry;
        }
        let from = usize::from(self.searched);
        let found = self.records.iter().skip(from).position(|record| {
            record.callsite.kind == SpanKind::Entry
                && !record.is(Record::CONTINUED | Record::HANDED_OVER)
        });
        #[expect(clippy::cast_possible_truncation, reason = "below the limit, which is a u16")]
        match found {
            Some(at) => self.first_entry = (from + at) as u16,
            None => self.searched = self.records.len() as u16,
        }
        if self.first_entry == NONE { 0 } else { self.first_entry }
    }
}

/// The address, or what stands in its place; counts if it does.
pub(super) fn known_peer(peer: &str) -> &str {
    let peer = text::cut(peer, PEER_LIMIT);
    if text::is_blank(peer) {
        diagnostics::count(Diagnostic::EmptyPeer);
        return UNKNOWN_PEER;
    }
    peer
}

/// What stands where an exit span names no address.
pub(crate) const UNKNOWN_PEER: &str = "unknown";

/// What stands where a span has no name: its callsite's is empty, and none was given.
pub(crate) const UNNAMED: &str = "unnamed";

/// The name of a span: its own, or its callsite's.
#[derive(Clone, Copy)]
pub(crate) enum Name<'a> {
    Text(&'a str),
    Of(&'static Callsite),
}

impl<'a> Name<'a> {
    /// The name as everybody else gets to see it; never empty.
    pub(crate) fn clean(self) -> Cow<'a, str> {
        let name = match self {
            Self::Text(text) => text,
            Self::Of(callsite) => callsite.name,
        };
        let name = text::cut(name, NAME_LIMIT);
        text::clean(if text::is_blank(name) { UNNAMED } else { name }, NAME_LIMIT)
    }

    /// The same in at most so many bytes, as the backend can store it.
    pub(crate) fn within(self, bytes: usize) -> Cow<'a, str> {
        match self {
            Self::Of(callsite) if callsite.name.len() > bytes => callsite
                .shortened(bytes, || text::within(Name::Of(callsite).clean(), NAME_LIMIT, bytes)),
            name => text::within(name.clean(), NAME_LIMIT, bytes),
        }
    }
}
