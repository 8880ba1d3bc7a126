//! The fields of a span that has not opened yet.

use crate::segment::{Change, MOST_CHANGES, MOST_TEXT};
use crate::span::layer::SpanLayer;
use crate::span::tag::TagValue;
use crate::util::diagnostics::{self, Diagnostic};

/// What is known of a span before it opens: tags, name, peer, component and layer.
#[derive(Debug, Default)]
pub struct SpanFields {
    changes: Vec<Change>,
    bytes: usize,
}

impl SpanFields {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tag: text (cut at 2048 UTF-16 units), an integer or a bool.
    pub fn tag(&mut self, key: &'static str, value: impl TagValue) -> &mut Self {
        self.add(Change::tag(key, value.raw()));
        self
    }

    /// Sets the operation name. An empty one leaves the callsite's.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.add(Change::name(name));
        self
    }

    /// Sets an operation name that is not copied. An empty one leaves the callsite's.
    pub fn static_name(&mut self, name: &'static str) -> &mut Self {
        self.add(Change::StaticName(name));
        self
    }

    /// Sets the peer of an Exit span.
    pub fn peer(&mut self, peer: &str) -> &mut Self {
        self.add(Change::peer(peer));
        self
    }

    /// Sets the component id.
    pub fn component(&mut self, component: i32) -> &mut Self {
        self.add(Change::component(component));
        self
    }

    /// Sets the layer.
    pub fn layer(&mut self, layer: SpanLayer) -> &mut Self {
        self.add(Change::layer(layer));
        self
    }

    pub(super) fn add(&mut self, change: Change) {
        let bytes = self.bytes + change.bytes();
        if self.changes.len() >= MOST_CHANGES || bytes > MOST_TEXT {
            return diagnostics::count(Diagnostic::EntryLimit);
        }
        self.bytes = bytes;
        self.changes.push(change);
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.changes.iter()
    }
}
