//! Headers of other tracers: W3C Trace Context (`traceparent` and `tracestate`) and
//! `x-request-id`, which many proxies set.
//!
//! The tracer does not take part in such a trace. It records the context in tags, so that the two
//! traces can be correlated, and propagates it unchanged. It uses only carriers that can hold
//! headers of any name ([`Extract::other_header`](crate::propagation::Extract::other_header),
//! [`Inject::add_other_header`](crate::propagation::Inject::add_other_header)).

use std::borrow::Cow;
use std::sync::Arc;

/// The trace of another tracer: version, trace id, parent id and flags.
pub(crate) const TRACEPARENT: &str = "traceparent";
/// Data of the tracers that take part in that trace.
pub(crate) const TRACESTATE: &str = "tracestate";
/// The id of a request.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// Tags for the two ids of a `traceparent`, and for the id of a request.
pub(crate) const TRACE_ID_TAG: &str = "w3c.trace_id";
pub(crate) const PARENT_ID_TAG: &str = "w3c.parent_id";
pub(crate) const REQUEST_ID_TAG: &str = "x-request-id";

/// The longest `traceparent` that is read. Later versions may be longer than the 55 characters of
/// the first.
pub(crate) const PARENT_LIMIT: usize = 256;
/// The longest `tracestate` that is propagated. A longer one is dropped. The Recommendation
/// requires at least 512.
pub(crate) const STATE_LIMIT: usize = 2_048;
/// The limit of a request's id, in UTF-16 units.
pub(crate) const REQUEST_ID_LIMIT: usize = 200;

/// The length of a `traceparent` of the first version. Later versions begin with these characters.
const FIRST: usize = 55;

/// The propagated context of another tracer.
#[derive(Clone, Debug)]
pub(crate) struct W3cContext {
    /// Most contexts fit here, without an allocation.
    first: [u8; FIRST],
    more: Option<Arc<More>>,
}

#[derive(Debug)]
struct More {
    /// The rest of the `traceparent` after the first part.
    parent: Box<str>,
    state: Box<str>,
}

impl W3cContext {
    /// Creates the context of a valid `traceparent`. `tracestate` is empty if there is none.
    pub(crate) fn new(traceparent: &str, tracestate: &str) -> Option<Self> {
        let (first, parent) = traceparent.as_bytes().split_first_chunk()?;
        let all = parent.is_empty() && tracestate.is_empty();
        let more = || {
            Arc::new(More {
                parent: traceparent.get(FIRST..).unwrap_or_default().into(),
                state: tracestate.into(),
            })
        };
        Some(Self { first: *first, more: (!all).then(more) })
    }

    pub(crate) fn traceparent(&self) -> Cow<'_, str> {
        let first = str::from_utf8(&self.first).unwrap_or_default();
        match &self.more {
            Some(more) if !more.parent.is_empty() => Cow::Owned([first, &more.parent].concat()),
            _ => Cow::Borrowed(first),
        }
    }

    pub(crate) fn tracestate(&self) -> &str {
        self.more.as_ref().map_or("", |more| &more.state)
    }
}

/// The two ids of a `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent<'a> {
    pub(crate) trace_id: &'a str,
    pub(crate) parent_id: &'a str,
}

impl<'a> TraceParent<'a> {
    /// Parses a `traceparent`: `VERSION-TRACE ID-PARENT ID-FLAGS` in lower-case hex digits, neither
    /// id all zeros. A later version may have more after a further hyphen. Version `ff` is invalid.
    pub(crate) fn parse(header: &'a str) -> Option<Self> {
        let (known, more) = header.split_at_checked(FIRST)?;
        // With exactly three hyphens, all at their positions, the rest are digits.
        let in_place = [2, 35, 52].iter().all(|at| known.as_bytes().get(*at) == Some(&b'-'));
        if !in_place || hyphens_among_digits(known.as_bytes()) != Some(3) {
            return None;
        }
        let (version, trace_id, parent_id) =
            (known.get(..2)?, known.get(3..35)?, known.get(36..52)?);
        let ends = match version {
            "ff" => false,
            "00" => more.is_empty(),
            _ => {
                more.is_empty()
                    || more.starts_with('-') && header.len() <= PARENT_LIMIT && is_printable(more)
            }
        };
        (ends && !is_zero(trace_id) && !is_zero(parent_id)).then_some(Self { trace_id, parent_id })
    }
}

/// Counts the hyphens in the known part of a `traceparent`. Returns `None` if it has characters
/// other than hyphens and digits.
fn hyphens_among_digits(known: &[u8]) -> Option<u8> {
    let mut count = 0;
    // Blocks of 16 bytes, of which the last two overlap. A hyphen in the overlap is invalid, so it
    // may count twice.
    for from in [0, 16, 32, FIRST - 16] {
        let vector: &[u8; 16] = known.get(from..)?.first_chunk()?;
        let is_known = vector
            .iter()
            .fold(true, |so_far, byte| so_far & matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        if !is_known {
            return None;
        }
        count += vector.iter().fold(0, |count, byte| count + u8::from(*byte == b'-'));
    }
    Some(count)
}

fn is_zero(id: &str) -> bool {
    id.bytes().all(|digit| digit == b'0')
}

/// Returns true if a `tracestate` can be propagated: it is not too long, and a header can hold it.
pub(crate) fn can_go_on(tracestate: &str) -> bool {
    tracestate.len() <= STATE_LIMIT && is_printable(tracestate)
}

/// Returns true if a header can hold the value: visible ASCII and blanks.
pub(crate) fn is_printable(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const PARENT: &str = "00f067aa0ba902b7";

    #[test]
    fn first_version_has_exactly_four_parts() {
        let good = format!("00-{TRACE}-{PARENT}-01");
        assert_eq!(
            TraceParent::parse(&good),
            Some(TraceParent { trace_id: TRACE, parent_id: PARENT })
        );
        for bad in [
            String::new(),
            format!("00-{TRACE}-{PARENT}-1"),
            format!("00-{TRACE}-{PARENT}-01-"),
            format!("00-{TRACE}-{PARENT}-01-more"),
            format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
            format!("00-{}-{PARENT}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}_{PARENT}-01"),
            format!("0g-{TRACE}-{PARENT}-01"),
            format!("ff-{TRACE}-{PARENT}-01"),
            format!(" 00-{TRACE}-{PARENT}-01"),
            format!("00-{TRACE}é{PARENT}-01"),
        ] {
            assert_eq!(TraceParent::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn later_version_can_have_more_after_a_hyphen() {
        let ids = Some(TraceParent { trace_id: TRACE, parent_id: PARENT });
        assert_eq!(TraceParent::parse(&format!("cc-{TRACE}-{PARENT}-01")), ids);
        assert_eq!(
            TraceParent::parse(&format!("cc-{TRACE}-{PARENT}-01-what the future holds")),
            ids
        );
        assert_eq!(TraceParent::parse(&format!("cc-{TRACE}-{PARENT}-01.what")), None);
        assert_eq!(
            TraceParent::parse(&format!("cc-{TRACE}-{PARENT}-01-{}", "x".repeat(PARENT_LIMIT))),
            None
        );
        assert_eq!(TraceParent::parse(&format!("cc-{TRACE}-{PARENT}-01-\u{7f}")), None);
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_panic(header in ".{0,80}|[0-9a-f-]{50,60}") {
            let _ = TraceParent::parse(&header);
        }
    }
}
