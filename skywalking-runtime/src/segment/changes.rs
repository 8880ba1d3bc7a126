//! Changes of a span that are kept: until the span opens, or until its segment can be reached.

use std::ops::Range;

use crate::segment::{Segment, SegmentIdentity, SpanRef, known_peer};
use crate::span::layer::SpanLayer;
use crate::span::tag::{Kept, Raw};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};

/// The most changes of one list, and the most bytes of their text. Those above are counted.
pub(crate) const MOST_CHANGES: usize = 1_024;
pub(crate) const MOST_TEXT: usize = 256 * 1024;

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
    /// The span is not entered again. If it was never entered, it ends at this time.
    Done(Option<u64>),
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
    pub(crate) fn tag(key: &'static str, value: Raw<'_>) -> Self {
        Self::Tag(key, Kept::new(value))
    }

    pub(crate) fn log(at: u64, text: &str, fields: &[(&'static str, Range<usize>)]) -> Self {
        let value = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
        let field = |(key, range): &(&'static str, Range<usize>)| {
            (*key, text::cut(value(range), TAG_LIMIT).to_owned())
        };
        Self::Log(at, fields.iter().map(field).collect())
    }

    pub(crate) fn name(name: &str) -> Self {
        Self::Name(text::clean(name, NAME_LIMIT).into_owned())
    }

    pub(crate) fn peer(peer: &str) -> Self {
        Self::Peer(text::clean(known_peer(peer), PEER_LIMIT).into_owned())
    }

    pub(crate) fn component(component: i32) -> Self {
        Self::Component(component)
    }

    pub(crate) fn layer(layer: SpanLayer) -> Self {
        Self::Layer(layer)
    }

    /// Returns `None` for a request that is not recorded.
    pub(crate) fn reference(shared: &SegmentIdentity, span: u16) -> Option<Self> {
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
            Self::StaticName(_)
            | Self::Component(_)
            | Self::Layer(_)
            | Self::Failed
            | Self::Done(_) => 0,
        }
    }

    /// Changes a span of a segment. Returns false if the span was reported before.
    pub(crate) fn apply_to(&self, segment: &mut Segment, opened: SpanRef) -> bool {
        if let Self::Done(end) = self {
            segment.end_resting(opened, *end);
            return true;
        }
        segment.with_span(opened, |segment| self.apply(segment))
    }

    /// Changes the current span of a segment.
    pub(crate) fn apply(&self, segment: &mut Segment) {
        match self {
            Self::Done(_) => {}
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
                    if segment.has_thread_ref(*head, *id, *span) {
                        return;
                    }
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
