//! The terms of a segment.

use std::sync::Arc;

use skywalking_proto::v3::{SegmentObject, SpanObject};

use super::call_sides;
use super::index::{Index, Term, TermId};
use super::strings::StringId;
use crate::{enums, naming, text};

/// The longest text that is searchable, in characters. Of a longer one, its start is searchable.
/// The OAP drops longer tags from its search (`docs/protocol.md#tags`).
const MAX_TEXT: usize = 256;
/// The largest number of terms of a trace. Further ones are not searchable. It bounds the time to
/// store a segment that has a new text in each of a million tags.
const MAX_TERMS: usize = 10_000;
/// The log field that is not searchable: stack traces are long and repeat the message.
const STACK: &str = "stack";

/// Returns the part of a text that is searchable.
pub(crate) fn searchable(text: &str) -> &str {
    text::head(text, MAX_TEXT)
}

/// Returns whether the operation name is an endpoint of the service: that of an entry span, and of
/// the first span of a segment, as in the OAP (`docs/protocol.md#segments`).
pub(crate) fn is_endpoint(span: &SpanObject) -> bool {
    span.span_type == enums::ENTRY || span.span_id == 0
}

/// Adds terms to a trace.
pub(super) struct TermAdder<'a> {
    pub(super) index: &'a mut Index,
    /// The terms of the trace.
    pub(super) terms: &'a mut Vec<TermId>,
    /// The number of the trace.
    pub(super) trace: u64,
    /// The number of the oldest stored trace.
    pub(super) first: u64,
}

impl TermAdder<'_> {
    /// Adds the terms of a segment. Returns whether its service is new to the trace.
    pub(super) fn add_segment(&mut self, segment: &SegmentObject, has_violations: bool) -> bool {
        if has_violations {
            self.add(Term::Violation);
        }
        let known = self.terms.len();
        let service = self.add_text(naming::display_name(&segment.service), Term::Service);
        let is_new_service = self.terms.len() > known;
        if let Some(service) = service {
            let instance = naming::display_name(&segment.service_instance);
            self.add_text(instance, |instance| Term::Instance(service, instance));
        }
        for span in &segment.spans {
            self.add_span(span, service);
        }
        is_new_service
    }

    fn add_span(&mut self, span: &SpanObject, service: Option<StringId>) {
        if span.is_error {
            self.add(Term::Error);
        }
        let name = self.add_text(searchable(&span.operation_name), Term::Name);
        if let (Some(service), Some(name)) = (service, name)
            && is_endpoint(span)
        {
            self.add(Term::Endpoint(service, name));
        }
        self.add_calls(span, service);
        for tag in &span.tags {
            self.add_tag(searchable(&tag.key), searchable(&tag.value));
        }
        for field in searchable_fields(span) {
            self.add_text(searchable(field), Term::Log);
        }
    }

    /// Adds the peer and the calls of a span.
    fn add_calls(&mut self, span: &SpanObject, service: Option<StringId>) {
        let peer = searchable(&span.peer);
        let called = service.zip(call_sides::called_address(span));
        if let Some((service, address)) = called {
            self.add_text(address, |address| Term::Sent(service, address));
        }
        if !peer.is_empty() && called.is_none_or(|(_, address)| address != peer) {
            self.add_text(peer, Term::Peer);
        }
        if let Some(service) = service {
            for caller in call_sides::callers(span) {
                self.add_text(caller.name, |caller| Term::Received(caller, service));
            }
        }
    }

    fn add_tag(&mut self, key: &str, value: &str) {
        if self.terms.len() < MAX_TERMS {
            let (key, value) = (self.index.intern(key), self.index.intern(value));
            // Spans repeat tags. The key of a known tag is known too.
            if self.add(Term::Tag(key, value)) {
                self.add(Term::TagKey(key));
            }
        }
    }

    /// Adds a term with this text. Returns the number of the text, or `None` if the trace has too
    /// many terms.
    fn add_text(&mut self, text: &str, term: impl FnOnce(StringId) -> Term) -> Option<StringId> {
        if self.terms.len() >= MAX_TERMS {
            return None;
        }
        let id = self.index.intern(text);
        self.add(term(id));
        Some(id)
    }

    /// Adds a term. Returns whether it is new to the trace.
    fn add(&mut self, term: Term) -> bool {
        let added = self.index.add(term, self.trace, self.first);
        self.terms.extend(added);
        added.is_some()
    }

    /// Returns a text that the index shares if it has it.
    pub(super) fn shared(&self, text: &str) -> Arc<str> {
        let found = self.index.strings().find(text);
        found.and_then(|id| self.index.strings().get(id).cloned()).unwrap_or_else(|| text.into())
    }
}

/// Returns the values of logs that are searchable.
pub(crate) fn searchable_fields(span: &SpanObject) -> impl Iterator<Item = &str> {
    let fields = span.logs.iter().flat_map(|log| &log.data);
    fields
        .filter(|field| field.key != STACK && !field.value.is_empty())
        .map(|field| field.value.as_str())
}
