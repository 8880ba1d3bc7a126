//! The current span: tags, logs and errors that the program adds. Each call does nothing where no
//! span is recorded.

use std::any::type_name;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Range;

use crate::context::current_segment;
use crate::segment::Segment;
use crate::span::layer::SpanLayer;
use crate::span::tag::{Raw, TagValue};
use crate::trace::failure::{self, Failure, Severity};
use crate::tracer;
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};

/// Accesses the current span of this thread. If there is none, its methods do nothing.
///
/// ```
/// use skywalking_runtime::current;
///
/// current().tag("user.id", 7).tag_display("ratio", &0.5).log("event", "cache miss");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CurrentSpan(());

/// Returns the current span of this thread.
#[inline]
pub fn current() -> CurrentSpan {
    CurrentSpan(())
}

fn with(work: impl FnOnce(&mut Segment)) {
    if tracer::enabled() {
        current_segment::with(work);
    }
}

/// Formats a value into a buffer while the segment stays current, then works on the current span's
/// list.
fn formatted(
    args: std::fmt::Arguments<'_>,
    limit: usize,
    work: impl FnOnce(&mut Segment, &mut u32, &str),
) {
    if !failure::recording() {
        return;
    }
    let mut scratch = current_segment::with(Segment::take_scratch).unwrap_or_default();
    text::format_into(&mut scratch, args, limit);
    current_segment::with(|segment| {
        segment.with_current_list(|segment, head| work(segment, head, &scratch));
        segment.return_scratch(scratch);
    });
}

/// Tags the current span.
pub(crate) fn tag(key: &'static str, value: Raw<'_>) {
    with(|segment| segment.tag_current(key, value));
}

/// Tags the current span with a formatted value.
pub(crate) fn tag_formatted(key: &'static str, value: std::fmt::Arguments<'_>) {
    formatted(value, TAG_LIMIT, |segment, head, text| segment.tag(head, key, Raw::Text(text)));
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "made to be chained, and to be dropped at the end of the chain"
)]
impl CurrentSpan {
    /// Returns true if the current span is recorded: for values that are expensive to compute.
    pub fn is_recording(self) -> bool {
        failure::recording()
    }

    /// Adds a tag: text (cut at 2048 UTF-16 units), an integer or a bool. Of two tags with one key
    /// the later one is kept.
    #[inline]
    pub fn tag(self, key: &'static str, value: impl TagValue) -> Self {
        tag(key, value.raw());
        self
    }

    /// Adds a tag of any type that implements [`Display`].
    pub fn tag_display(self, key: &'static str, value: impl Display) -> Self {
        tag_formatted(key, format_args!("{value}"));
        self
    }

    /// Adds a tag of any type that implements [`Debug`].
    pub fn tag_debug(self, key: &'static str, value: impl Debug) -> Self {
        tag_formatted(key, format_args!("{value:?}"));
        self
    }

    /// Adds a log with one field, at the present time.
    pub fn log(self, key: &'static str, value: impl Display) -> Self {
        formatted(format_args!("{value}"), TAG_LIMIT, |segment, head, text| {
            segment.log(head);
            segment.field(head, key, text);
        });
        self
    }

    /// Adds a log with several fields, at the present time.
    pub fn log_fields(self, fields: &[(&'static str, &dyn Display)]) -> Self {
        if !failure::recording() {
            return self;
        }
        // All values first: their code may open spans, and the fields of a log must be adjacent.
        let mut text = current_segment::with(Segment::take_scratch).unwrap_or_default();
        let mut ends = Vec::with_capacity(fields.len());
        for (_, value) in fields {
            text::format_into(&mut text, format_args!("{value}"), TAG_LIMIT);
            ends.push(text.len());
        }
        current_segment::with(|segment| {
            segment.with_current_list(|segment, head| {
                segment.log(head);
                let mut from = 0;
                for ((key, _), end) in fields.iter().zip(ends) {
                    segment.field(head, key, text.get(from..end).unwrap_or_default());
                    from = end;
                }
            });
            segment.return_scratch(text);
        });
        self
    }

    /// Adds a log with the level and these fields, as ranges of one text, at the present time. An
    /// empty level is left out.
    #[doc(hidden)]
    pub fn log_text(
        self,
        level: &'static str,
        text: &str,
        fields: &[(&'static str, Range<usize>)],
    ) -> Self {
        with(|segment| {
            segment.with_current_list(|segment, head| {
                segment.log(head);
                if !level.is_empty() {
                    segment.field(head, "level", level);
                }
                for (key, range) in fields {
                    let value = text.get(range.clone()).unwrap_or_default();
                    segment.field(head, key, text::cut(value, TAG_LIMIT));
                }
            });
        });
        self
    }

    /// Marks the span as failed and logs the error: `event=error`, its type, its message and the
    /// chain of its sources.
    pub fn record_error<E: Error + ?Sized>(self, error: &E) -> Self {
        failure::record(&Failure {
            kind: kind_of::<E>(),
            message: Some(&Shown(error)),
            source: Some(&|| error.source()),
            severity: Severity::Error,
        });
        self
    }

    /// Marks the span as failed and logs a message.
    pub fn record_error_message(self, message: impl Display) -> Self {
        failure::record(&Failure {
            kind: "error",
            message: Some(&message),
            source: None,
            severity: Severity::Error,
        });
        self
    }

    /// Marks the span as failed without a log: for a response whose status, in a tag, has the
    /// reason.
    pub fn set_error(self) -> Self {
        with(Segment::fail_current);
        self
    }

    /// Replaces the operation name, cut at 150 UTF-16 units and to what the backend can store
    /// ([`Storage`](crate::config::Storage)). An empty one changes nothing.
    pub fn set_name(self, name: impl Display) -> Self {
        formatted(format_args!("{name}"), NAME_LIMIT, Segment::rename);
        self
    }

    /// Replaces the peer, cut at 200 UTF-16 units. Headers that are already written keep the old
    /// one.
    pub fn set_peer(self, peer: impl Display) -> Self {
        formatted(format_args!("{peer}"), PEER_LIMIT, Segment::peer);
        self
    }

    /// Sets the component id (`docs/protocol.md#components`).
    pub fn set_component(self, component: i32) -> Self {
        with(|segment| segment.set_component(component));
        self
    }

    /// Sets the layer.
    pub fn set_layer(self, layer: SpanLayer) -> Self {
        with(|segment| segment.set_layer(layer));
        self
    }

    /// Asks the OAP to store this span but to exclude it from the metrics of services, instances,
    /// endpoints and calls. Virtual databases, caches, queues and logic endpoints [are
    /// counted](crate::docs::concepts#traces-without-metrics) nevertheless.
    pub fn skip_analysis(self) -> Self {
        with(Segment::skip_analysis_of_current);
        self
    }

    /// Asks the OAP to store this trace but to exclude it from the metrics that
    /// [`skip_analysis`](Self::skip_analysis) names. This includes all spans of this segment, also
    /// those that have ended, and segments and services that continue the trace from now on. The
    /// header `sw8-x` propagates it. Use it for synthetic traffic, such as probes and load tests.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, current, span, testing};
    ///
    /// static PROBE: Callsite = callsite!(entry, "/probe");
    /// static PART: Callsite = callsite!(local, "part");
    ///
    /// let trees = testing::run(|| span(&PROBE).run(|| {
    ///     current().skip_analysis_of_trace();
    ///     drop(span(&PART).enter());
    /// }));
    /// assert_eq!(testing::text(&trees), "Entry /probe SKIP_ANALYSIS\n  Local part SKIP_ANALYSIS\n");
    /// ```
    pub fn skip_analysis_of_trace(self) -> Self {
        with(Segment::skip_analysis_of_trace);
        self
    }
}

/// Returns the name of an error's type, without the marker traits of a trait object.
pub(crate) fn kind_of<E: ?Sized>() -> &'static str {
    let name = type_name::<E>();
    name.split_once(" + ").filter(|_| name.starts_with("dyn ")).map_or(name, |(first, _)| first)
}

pub(crate) struct Shown<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: Display + ?Sized> Display for Shown<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns the id of the current trace, also of an unsampled request. `None` without a context.
///
/// ```
/// assert_eq!(skywalking_runtime::trace_id(), None);
/// ```
pub fn trace_id() -> Option<String> {
    current_segment::with(|segment| segment.trace_id())
}
