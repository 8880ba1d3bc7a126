//! Names and peers of spans, cut and cleaned, and the endpoint of the segment.

use std::borrow::Cow;

use crate::segment::text::Range;
use crate::segment::{Cursor, Segment};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{Attribute, AttributeKind, NONE, Record};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT};

impl Segment {
    /// Adds an operation name to the list at `head`. A blank one changes nothing.
    pub(crate) fn name(&mut self, head: &mut u32, name: &str) {
        if let Some(range) = self.store_name(name, NAME_LIMIT) {
            self.push(head, Attribute::new("", AttributeKind::Name, range.offset, range.length));
        }
    }

    /// Adds an operation name in parts to the list at `head`. A blank one changes nothing.
    pub(crate) fn name_parts(&mut self, head: &mut u32, parts: &[&str]) {
        let from = self.text.len();
        let Some(range) = self
            .store_parts(parts, NAME_LIMIT)
            .filter(|range| !text::is_blank(self.text_at(*range)))
        else {
            return;
        };
        let cleaned = match text::clean(self.text_at(range), NAME_LIMIT) {
            Cow::Borrowed(_) => None,
            Cow::Owned(cleaned) => Some(cleaned),
        };
        if let Some(cleaned) = cleaned {
            // A replaced character takes one byte, so the text does not become longer.
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
    pub(crate) fn rename_static(&mut self, name: &'static str) {
        self.with_current_list(|segment, head| segment.static_name(head, name));
        self.renamed();
    }

    /// Renames the current span, whose list is at `head`.
    pub(crate) fn rename(&mut self, head: &mut u32, name: &str) {
        self.name(head, name);
        self.renamed();
    }

    /// Invalidates the identity if the current span's new name is the endpoint in it.
    pub(crate) fn renamed(&mut self) {
        if self.current.index() == self.shared_endpoint {
            self.unshare();
        }
    }

    /// Adds a peer to the list at `head`. A blank one becomes `unknown`, since headers need a peer.
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

    /// Returns the name in the list of a span that has not opened yet.
    pub(crate) fn given_name(&self, head: u32) -> Option<&str> {
        let side = self
            .find(head, |kind| matches!(kind, AttributeKind::Name | AttributeKind::StaticName))?;
        Some(if side.kind == AttributeKind::Name { self.text_of(side) } else { side.key })
    }

    /// Returns the name of a span.
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

    /// Returns the name of the root's callsite.
    pub(crate) fn root_name(&self) -> &'static str {
        self.records.first().map_or("", |root| root.callsite.name)
    }

    /// Returns the peer of a span, or an empty text.
    pub(crate) fn peer_of(&self, current: Cursor) -> &str {
        if current.is_overflow() {
            return self.overflow_peer(current.overflow());
        }
        let Some(record) = self.records.get(usize::from(current.index())) else { return "" };
        let computed = self.find(record.side, |kind| {
            matches!(kind, AttributeKind::Peer | AttributeKind::CalledPeer)
        });
        match computed {
            Some(side) => self.text_of(side),
            None => record.callsite.peer,
        }
    }

    /// Returns the span whose name is the segment's primary endpoint: the first Entry span, or the
    /// root.
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

/// Returns the peer, or `unknown` for a blank one, which is counted.
pub(crate) fn known_peer(peer: &str) -> &str {
    let peer = text::cut(peer, PEER_LIMIT);
    if text::is_blank(peer) {
        diagnostics::count(Diagnostic::EmptyPeer);
        return UNKNOWN_PEER;
    }
    peer
}

/// The peer of an Exit span that names none.
pub(crate) const UNKNOWN_PEER: &str = "unknown";

/// The name of a span that has none.
pub(crate) const UNNAMED: &str = "unnamed";

/// The name of a span.
#[derive(Clone, Copy)]
pub(crate) enum Name<'a> {
    /// A name of its own.
    Text(&'a str),
    /// The name of its callsite.
    Of(&'static Callsite),
}

impl<'a> Name<'a> {
    /// Returns the name for others: cut, cleaned and never empty.
    pub(crate) fn clean(self) -> Cow<'a, str> {
        let name = match self {
            Self::Text(text) => text,
            Self::Of(callsite) => callsite.name,
        };
        let name = text::cut(name, NAME_LIMIT);
        text::clean(if text::is_blank(name) { UNNAMED } else { name }, NAME_LIMIT)
    }

    /// Returns the cleaned name in at most so many bytes, as the backend can store it.
    pub(crate) fn within(self, bytes: usize) -> Cow<'a, str> {
        match self {
            Self::Of(callsite) if callsite.name.len() > bytes => callsite
                .shortened(bytes, || text::within(Name::Of(callsite).clean(), NAME_LIMIT, bytes)),
            name => text::within(name.clean(), NAME_LIMIT, bytes),
        }
    }
}
