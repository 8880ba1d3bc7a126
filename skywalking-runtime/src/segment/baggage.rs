//! What is propagated with the trace besides its ids.
//!
//! A change invalidates the segment's identity, which has a copy.

use std::sync::Arc;

use crate::headers::w3c::W3cContext;
use crate::segment::Segment;
use crate::span::tag::Raw;

impl Segment {
    /// Returns the correlation value under this key.
    pub(crate) fn correlation(&self, key: &str) -> Option<&str> {
        self.baggage.correlation.get(key)
    }

    /// Sets a correlation value, and the tag of that key on the current span if it is configured.
    /// An empty value removes the key. Returns false if a limit forbids it.
    pub(crate) fn put_correlation(&mut self, key: &str, value: &str) -> bool {
        self.unshare();
        let Self { baggage, tracer, .. } = self;
        let put = baggage.correlation.put(key, value, tracer.settings.correlation);
        let tag = tracer.settings.correlation_tags.iter().find(|tag| **tag == key).copied();
        if let Some(tag) = tag.filter(|_| put && !value.is_empty()) {
            self.tag_current(tag, Raw::Text(value));
        }
        put
    }

    /// Adds the pairs of a `sw8-correlation` header.
    pub(crate) fn read_correlation(&mut self, header: &str) {
        self.unshare();
        self.baggage.correlation.read(header, self.tracer.settings.correlation);
    }

    /// Adds tags for the configured correlation keys, for the list at `head`.
    pub(crate) fn tag_correlation(&mut self, head: &mut u32) {
        if self.tracer.settings.correlation_tags.is_empty() || self.baggage.correlation.is_empty() {
            return;
        }
        let tracer = Arc::clone(&self.tracer);
        let correlation = std::mem::take(&mut self.baggage.correlation);
        for (key, value) in correlation.among(&tracer.settings.correlation_tags) {
            self.tag(head, key, Raw::Text(value));
        }
        self.baggage.correlation = correlation;
    }

    /// Asks the OAP to make no metrics of the trace from here on.
    pub(crate) fn skip_analysis_of_trace(&mut self) {
        self.unshare();
        self.baggage.skip_analysis = true;
    }

    /// Keeps the context of another tracer. Returns false, and keeps the earlier one, if there is
    /// one.
    pub(crate) fn keep_other_context(&mut self, parent: &str, state: &str) -> bool {
        self.unshare();
        let is_first = self.baggage.others.is_none();
        if is_first {
            self.baggage.others = W3cContext::new(parent, state);
        }
        is_first
    }
}
