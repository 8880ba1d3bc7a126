//! What a reported log takes from the current span.

use crate::segment::{Name, Segment};
use crate::util::id;

/// The ids of the current span, and the endpoint of its segment.
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

impl Segment {
    /// Returns the context of a log. The trace id can change until the segment has sent or received
    /// a header.
    pub(crate) fn log_context(&mut self) -> LogContext {
        let trace_id = self.trace_id();
        let Some(span) = self.current_span_id() else {
            return LogContext {
                trace_id,
                span: None,
                endpoint: String::new(),
                is_computed: false,
            };
        };
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
