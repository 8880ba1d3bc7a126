//! The ids of the current span, for log lines.

use std::fmt::{self, Display};

use crate::context::current_segment;
use crate::segment::Segment;
use crate::trace::current::CurrentSpan;
use crate::util::id;

/// The ids of a span and the names of its process. Empty without a trace.
///
/// Its two texts are those of the log toolkits of other SkyWalking agents:
///
/// ```
/// use skywalking_runtime::{current, entry_span, testing};
///
/// #[entry_span(name = "/orders")]
/// fn order() -> [String; 2] {
///     let context = current().context();
///     [context.tid().to_string(), context.sw_ctx().to_string()]
/// }
///
/// let mut texts = [String::new(), String::new()];
/// testing::run(|| texts = order());
/// assert!(texts[0].starts_with("TID:"));
/// // Service, instance, trace id, segment id and span id.
/// assert!(texts[1].starts_with("SW_CTX:[") && texts[1].ends_with(",0]"));
///
/// assert_eq!(current().context().tid().to_string(), "TID:N/A");
/// assert_eq!(current().context().sw_ctx().to_string(), "SW_CTX:N/A");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanContext(Option<Context>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Context {
    service: String,
    instance: String,
    trace_id: String,
    /// The segment id and the span id.
    span: Option<(String, u16)>,
}

impl CurrentSpan {
    /// Returns the ids of the current span. The result is empty without a trace. The trace id can
    /// change until the segment has sent or received a header.
    pub fn context(self) -> SpanContext {
        SpanContext(current_segment::with(Context::of))
    }
}

impl Context {
    fn of(segment: &mut Segment) -> Self {
        let identity = &segment.tracer().identity;
        Self {
            service: identity.service.clone(),
            instance: identity.instance.clone(),
            trace_id: segment.trace_id(),
            span: segment.current_span_id().map(|span| (id::text(segment.id()), span)),
        }
    }
}

impl SpanContext {
    /// Returns the trace id, also of a request that is not sampled.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.as_ref().map(|context| context.trace_id.as_str())
    }

    /// Returns the id of the trace segment, which is the part of the trace in this task or thread.
    /// `None` if no span is recorded.
    pub fn segment_id(&self) -> Option<&str> {
        self.span().map(|(segment, _)| segment.as_str())
    }

    /// Returns the number of the span in its segment, from 0. `None` if no span is recorded.
    pub fn span_id(&self) -> Option<u16> {
        self.span().map(|(_, span)| *span)
    }

    /// Returns the service name of this process.
    pub fn service(&self) -> Option<&str> {
        self.0.as_ref().map(|context| context.service.as_str())
    }

    /// Returns the instance name of this process.
    pub fn instance(&self) -> Option<&str> {
        self.0.as_ref().map(|context| context.instance.as_str())
    }

    /// Formats the trace id, which is visible ASCII: `TID:<trace id>`, or `TID:N/A` without a trace.
    pub fn tid(&self) -> impl Display + '_ {
        text(|f| write!(f, "TID:{}", self.trace_id().unwrap_or(NONE)))
    }

    /// Formats all ids: `SW_CTX:[<service>,<instance>,<trace id>,<segment id>,<span id>]`, or
    /// `SW_CTX:N/A` without a trace. In a request that is not sampled the segment id is `N/A` and
    /// the span id -1.
    pub fn sw_ctx(&self) -> impl Display + '_ {
        text(|f| {
            let Some(Context { service, instance, trace_id, span }) = &self.0 else {
                return write!(f, "SW_CTX:{NONE}");
            };
            let (segment, span) =
                span.as_ref().map_or((NONE, -1), |(segment, span)| (segment, i32::from(*span)));
            write!(f, "SW_CTX:[{service},{instance},{trace_id},{segment},{span}]")
        })
    }

    fn span(&self) -> Option<&(String, u16)> {
        self.0.as_ref().and_then(|context| context.span.as_ref())
    }
}

/// Stands for an id that does not exist.
const NONE: &str = "N/A";

fn text(write: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> impl Display {
    Text(write)
}

struct Text<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> Display for Text<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}
