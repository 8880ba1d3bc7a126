//! What a reported log takes from its span.

use crate::headers::sw8;
use crate::segment::identity::IdentityTrace;
use crate::segment::{Name, Segment, SegmentIdentity, SpanRef};
use crate::util::id;

/// The ids of a span, and the endpoint of its segment.
#[derive(Debug)]
pub(crate) struct LogContext {
    pub(crate) trace_id: String,
    /// The segment id and the span id. `None` if no span is recorded.
    pub(crate) span: Option<(String, u16)>,
    /// Empty if no span is recorded.
    pub(crate) endpoint: String,
    /// Whether the endpoint's name was computed at run time.
    pub(crate) is_computed: bool,
}

impl LogContext {
    /// Returns the context of a request that is not recorded.
    fn unrecorded(trace_id: String) -> Self {
        Self { trace_id, span: None, endpoint: String::new(), is_computed: false }
    }

    /// Returns the context of a span whose segment is elsewhere.
    pub(crate) fn of_span(shared: &SegmentIdentity, span: u16) -> Self {
        let trace_id = match &shared.trace {
            IdentityTrace::Own(number) => id::text(*number),
            IdentityTrace::Foreign(text) => sw8::decode_text(text),
        };
        if !shared.sampled {
            return Self::unrecorded(trace_id);
        }
        Self {
            trace_id,
            span: Some((id::text(shared.id), span)),
            endpoint: shared.endpoint.to_string(),
            is_computed: shared.is_computed,
        }
    }
}

impl Segment {
    /// Returns the context of a log of the current span. The trace id can change until the segment
    /// has sent or received a header.
    pub(crate) fn log_context(&mut self) -> LogContext {
        self.log_context_at(self.current_span_id())
    }

    /// Returns the context of a log of this span.
    pub(crate) fn log_context_of(&mut self, span: SpanRef) -> LogContext {
        self.log_context_at(self.is_sampled().then_some(span.index()))
    }

    fn log_context_at(&mut self, span: Option<u16>) -> LogContext {
        let trace_id = self.trace_id();
        let Some(span) = span else { return LogContext::unrecorded(trace_id) };
        let place = self.endpoint();
        let name = self.name_of(place);
        LogContext {
            trace_id,
            span: Some((id::text(self.id()), span)),
            is_computed: matches!(name, Name::Text(_)),
            endpoint: name.clean().into_owned(),
        }
    }
}
