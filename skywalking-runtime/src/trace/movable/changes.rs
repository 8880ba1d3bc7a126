//! What is set on a span before it opens, or while its segment is elsewhere.

use std::ops::Range;

use crate::segment::{Segment, known_peer};
use crate::span::layer::SpanLayer;
use crate::span::tag::{Kept, Raw, TagValue};
use crate::trace::snapshot::Snapshot;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};

/// The most changes that one span collects before it opens, and the most bytes of their text. Those
/// above are counted.
const CHANGES: usize = 1_024;
const TEXT: usize = 256 * 1024;

/// One change of a span.
#[derive(Debug)]
pub(crate) enum Change {
    Tag(&'static str, Kept),
    /// With its time and fields.
    Log(u64, Vec<(&'static str, String)>),
    StaticName(&'static str),
    Name(String),
    Peer(String),
    Component(i32),
    Layer(SpanLayer),
    Failed,
    Reference(Box<Reference>),
}

/// A reference to a span of this process.
#[derive(Debug)]
pub(crate) struct Reference {
    /// The key of the segment.
    key: u64,
    /// The reported id of the segment.
    segment: u64,
    span: u16,
    endpoint: Box<str>,
}

impl Change {
    pub(super) fn tag(key: &'static str, value: Raw<'_>) -> Self {
        Self::Tag(key, Kept::new(value))
    }

    pub(super) fn log(at: u64, text: &str, fields: &[(&'static str, Range<usize>)]) -> Self {
        let value = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
        let field = |(key, range): &(&'static str, Range<usize>)| {
            (*key, text::cut(value(range), TAG_LIMIT).to_owned())
        };
        Self::Log(at, fields.iter().map(field).collect())
    }

    pub(super) fn name(name: &str) -> Self {
        Self::Name(text::clean(name, NAME_LIMIT).into_owned())
    }

    pub(super) fn peer(peer: &str) -> Self {
        Self::Peer(text::clean(known_peer(peer), PEER_LIMIT).into_owned())
    }

    pub(super) fn component(component: i32) -> Self {
        Self::Component(component)
    }

    pub(super) fn layer(layer: SpanLayer) -> Self {
        Self::Layer(layer)
    }

    /// Returns `None` for a snapshot of a request that is not recorded.
    pub(super) fn reference(other: &Snapshot) -> Option<Self> {
        let (shared, span) = other.span()?;
        shared.sampled.then(|| {
            Self::Reference(Box::new(Reference {
                key: shared.key,
                segment: shared.id,
                span,
                endpoint: shared.endpoint.clone(),
            }))
        })
    }

    /// Returns the bytes of its text.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Tag(_, value) => value.bytes(),
            Self::Log(_, fields) => fields.iter().map(|(_, value)| value.len()).sum(),
            Self::Name(text) | Self::Peer(text) => text.len(),
            Self::Reference(reference) => reference.endpoint.len(),
            Self::StaticName(_) | Self::Component(_) | Self::Layer(_) | Self::Failed => 0,
        }
    }

    /// Changes the current span of a segment.
    pub(crate) fn apply(&self, segment: &mut Segment) {
        match self {
            Self::Tag(key, value) => segment.tag_current(key, value.raw()),
            Self::Log(at, fields) => {
                segment.extend_current(*at);
                segment.with_current_list(|segment, head| {
                    segment.log_at(head, *at);
                    for (key, value) in fields {
                        segment.field(head, key, value);
                    }
                });
            }
            Self::StaticName(name) => segment.rename_static(name),
            Self::Name(name) => {
                segment.with_current_list(|segment, head| segment.rename(head, name));
            }
            Self::Peer(peer) => {
                segment.with_current_list(|segment, head| segment.peer(head, peer));
            }
            Self::Component(component) => segment.set_component(*component),
            Self::Layer(layer) => segment.set_layer(*layer),
            Self::Failed => segment.fail_current(),
            Self::Reference(reference) => {
                if reference.key == segment.key() {
                    return;
                }
                let Reference { segment: id, span, endpoint, .. } = &**reference;
                segment.with_current_list(|segment, head| {
                    if segment.is_ref_limit_reached(*head) {
                        diagnostics::count(Diagnostic::RefLimit);
                        return segment.leave_out_refs(1);
                    }
                    segment.add_thread_ref(head, *id, *span, endpoint);
                });
            }
        }
    }
}

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
        if self.changes.len() >= CHANGES || bytes > TEXT {
            return diagnostics::count(Diagnostic::EntryLimit);
        }
        self.bytes = bytes;
        self.changes.push(change);
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.changes.iter()
    }
}
