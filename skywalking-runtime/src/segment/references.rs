//! References to the segments that called this one, or that it continues.

use std::fmt::Write as _;

use crate::headers::sw8::{self, Parts};
use crate::segment::Segment;
use crate::segment::text::Range;
use crate::span::record::{Attribute, AttributeKind, LeftOut};
use crate::util::id;

/// The most references of one span. The Java agent has the same limit.
pub(crate) const REF_LIMIT: usize = 500;

impl Segment {
    /// Adds a reference to the sender of a checked `sw8` header, for the list at `head`. Continues
    /// the sender's trace if the segment's own trace id has not left it yet.
    ///
    /// A header from a sender that the list already refers to changes nothing: a middleware and a
    /// handler can read the same header, and one span can send several messages of a batch. The
    /// endpoint name in the header does not count, since it can change between two messages. Two
    /// Entry spans of a segment each have a reference: without its own, the OAP would draw a call
    /// from its user to the second one.
    ///
    /// `merged` is true if the list is that of the current span. A request that this span has sent
    /// itself then adds no reference, because the trace already links the two by the parent id.
    pub(crate) fn add_ref(&mut self, head: &mut u32, header: &str, parts: &Parts, merged: bool) {
        // The sampling flag before the sender is one character in every header.
        let sender = parts.sender();
        let known = self
            .refs(*head)
            .any(|known| self.text_of(known).get(sender.clone()) == header.get(sender.clone()));
        if known || merged && self.is_sender(header, parts) {
            return;
        }
        let Some(range) = self.store(header) else { return };
        if self.can_adopt_trace() {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a place in a header of at most 4096 bytes"
            )]
            let (from, length) = (parts.trace.start as u32, parts.trace.len() as u32);
            self.set_foreign_trace(Range { offset: range.offset + from, length });
        }
        self.push(head, Attribute::new("", AttributeKind::Sw8Ref, range.offset, range.length));
    }

    /// Returns true if the list at `head` has as many references as a span can have.
    pub(crate) fn is_ref_limit_reached(&self, head: u32) -> bool {
        // The first check avoids the count for nearly every span.
        self.sides.len() >= REF_LIMIT
            && self
                .list(head)
                .filter(|side| {
                    matches!(side.kind, AttributeKind::Sw8Ref | AttributeKind::ThreadRef)
                })
                .count()
                >= REF_LIMIT
    }

    /// Notes that so many references were left out.
    #[cold]
    pub(crate) fn leave_out_refs(&mut self, count: u64) {
        self.limited = true;
        let refs = u32::try_from(count).unwrap_or(u32::MAX);
        self.left_out.add(LeftOut { refs, ..LeftOut::NOTHING });
    }

    /// Adds a CrossThread reference to a span of this process, for the list at `head`.
    pub(crate) fn add_thread_ref(
        &mut self,
        head: &mut u32,
        segment: u64,
        span: u16,
        endpoint: &str,
    ) {
        let from = self.text.len();
        let _ = write!(self.text, "{segment:x}-{span}-{endpoint}");
        let range = self.range(from);
        self.push(head, Attribute::new("", AttributeKind::ThreadRef, range.offset, range.length));
    }

    /// Returns true if the list at `head` has a CrossThread reference to this span.
    #[cold]
    pub(crate) fn has_thread_ref(&self, head: u32, segment: u64, span: u16) -> bool {
        let wanted = format!("{segment:x}-{span}-");
        self.list(head)
            .filter(|side| side.kind == AttributeKind::ThreadRef)
            .any(|side| self.text_of(side).starts_with(&wanted))
    }

    fn refs(&self, head: u32) -> impl Iterator<Item = &Attribute> {
        self.list(head).filter(|side| side.kind == AttributeKind::Sw8Ref)
    }

    /// Returns true if the header was sent by the current span, or by one that opened after it.
    #[cold]
    fn is_sender(&self, header: &str, parts: &Parts) -> bool {
        let sender = header.get(parts.segment.clone()).map(sw8::decode_text);
        sender == Some(id::text(self.id)) && parts.span >= i32::from(self.current.index())
    }
}
