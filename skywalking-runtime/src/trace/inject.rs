//! Writes the current context into a carrier.

use crate::context::current_segment;
use crate::context::quiet::Quiet;
use crate::headers::carrier::{self, Inject};
use crate::headers::correlation;
use crate::headers::extension;
use crate::headers::sw8;
use crate::observer;
use crate::segment::{Headers, Segment};
use crate::tracer;

/// Returns true if [`inject`] would write or remove headers.
#[doc(hidden)]
#[inline]
pub fn wants_inject() -> bool {
    tracer::enabled()
}

/// Writes the context of the current exit span into a carrier. Does nothing without a tracer.
///
/// Each of the three headers is set or removed, so that a reused message keeps no old one. An
/// unsampled request sends no `sw8`, but still propagates the correlation context and the request
/// to skip metrics.
///
/// Headers of another tracer that came in (`traceparent`, `tracestate`) are propagated unchanged if
/// the carrier can hold headers of any name and the program has set none.
///
/// An exit span that continues in another segment, because its segment became too old or too large
/// or its future moved to another task, writes the header of the span that continues it.
///
/// In an exit span of layer MQ the header `sw8-x` has the time at which the message was sent, so
/// that its consumer can compute the latency.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, propagation::inject, span};
///
/// static CALL: Callsite = callsite!(exit, "/stock/check", peer = "stock:8080", layer = http);
///
/// let mut headers = String::new();
/// let _call = span(&CALL).enter();
/// inject(&mut headers);
/// ```
pub fn inject<C: Inject + ?Sized>(carrier: &mut C) {
    if !tracer::enabled() {
        return;
    }
    let Headers { sw8, correlation, extension, others: foreign } =
        current_segment::with(headers).unwrap_or_default();
    let others = [(extension::HEADER, extension), (correlation::HEADER, correlation)];
    // The carrier's own code is not recorded.
    let quiet = Quiet::begin();
    // Headers are removed first: a carrier of text then has less to search.
    for (name, value) in others.iter().filter(|(_, value)| value.is_empty()) {
        carrier::write(carrier, name, value);
    }
    carrier::write(carrier, sw8::HEADER, &sw8);
    for (name, value) in others.iter().filter(|(_, value)| !value.is_empty()) {
        carrier::write(carrier, name, value);
    }
    if let Some(others) = &foreign {
        carrier::add_others(carrier, others);
    }
    quiet.end();
    current_segment::with(|segment| segment.return_scratch(sw8));
}

fn headers(segment: &mut Segment) -> Headers {
    let headers = segment.export_context();
    if !headers.sw8.is_empty() {
        observer::segment_propagated(segment.test(), segment.id());
    }
    headers
}
