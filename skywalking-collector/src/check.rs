//! What a real OAP would lose without a word (`protocol/semantics.md` 20.1 to 20.5), refused here with the reason: an
//! agent that loses data should learn it from its first test and not from its production.
//!
//! Nothing else is judged: a segment may make no sense and still be shown.

use std::collections::HashSet;

use serde::de::IgnoredAny;
use skywalking_proto::v3::{KeyStringValuePair, SegmentObject, SpanObject};

use crate::names::{LAYER_CACHE, quoted};

/// Trace and segment ids are columns of this many characters.
const ID_CHARACTERS: usize = 150;
/// The OAP's tables are of days, in its own time zone; no zone is further away than this.
const DAYS_AWAY_MS: i64 = 2 * 24 * 3600 * 1000;

/// Why a segment was not taken. Each says what was wrong, with which value, and what the agent has to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The bytes are no segment.
    #[error("not a SegmentObject: {reason}; send skywalking.v3.SegmentObject as protobuf")]
    NotASegment {
        /// What the decoder says.
        reason: String,
    },
    /// It would take more memory than the whole store has.
    #[error(
        "a segment that takes {bytes} bytes of memory can't be kept within {max_bytes}: send smaller segments, or raise --max-bytes (SW_COLLECTOR_MAX_BYTES)"
    )]
    TooLarge {
        /// What it would take.
        bytes: usize,
        /// What there is.
        max_bytes: usize,
    },
    /// More spans than the whole store keeps.
    #[error(
        "a segment of {spans} spans can't be kept within {max_spans}: send smaller segments, or raise --max-spans (SW_COLLECTOR_MAX_SPANS)"
    )]
    TooManySpans {
        /// How many it has.
        spans: usize,
        /// How many may be kept.
        max_spans: usize,
    },
    /// 20.1.
    #[error("segment {segment} has no span with id 0, so the OAP could not find it: number the spans from 0")]
    NoFirstSpan {
        /// The segment's id, quoted.
        segment: String,
    },
    /// 20.2.
    #[error("the {what} {value} has {characters} characters: the OAP's SQL storage takes 1 to 150")]
    Id {
        /// `trace id` or `segment id`.
        what: &'static str,
        /// The id, quoted and cut.
        value: String,
        /// Its length.
        characters: usize,
    },
    /// 20.3.
    #[error(
        "span {span} of segment {segment} has layer Cache and two tags {key}, for which the OAP discards the whole segment: send each key once"
    )]
    DuplicateTag {
        /// The span's id.
        span: i32,
        /// The segment's id, quoted.
        segment: String,
        /// The key, quoted.
        key: String,
    },
    /// 20.4.
    #[error(
        "span {span} of segment {segment} has the tag {key} with value {value}, for which the OAP discards the whole segment: send {wanted}"
    )]
    Tag {
        /// The span's id.
        span: i32,
        /// The segment's id, quoted.
        segment: String,
        /// The key.
        key: &'static str,
        /// The value, quoted and cut.
        value: String,
        /// What it has to be.
        wanted: &'static str,
    },
    /// 20.5.
    #[error(
        "span {span} of segment {segment} starts at {start} ms, a day for which the OAP has no table (it is {now} ms now): send epoch milliseconds of the real clock"
    )]
    StartTime {
        /// The span's id.
        span: i32,
        /// The segment's id, quoted.
        segment: String,
        /// Its start.
        start: i64,
        /// The collector's clock.
        now: i64,
    },
}

impl Refusal {
    pub(crate) fn broken_framing() -> Self {
        Self::NotASegment { reason: "the bytes end inside a field, or are no protobuf at all".to_owned() }
    }
}

/// Whether the OAP would keep it. `now` in epoch milliseconds.
pub(crate) fn segment(segment: &SegmentObject, now: i64) -> Result<(), Refusal> {
    id("trace id", &segment.trace_id)?;
    id("segment id", &segment.trace_segment_id)?;
    if !segment.spans.iter().any(|span| span.span_id == 0) {
        return Err(Refusal::NoFirstSpan { segment: quoted(&segment.trace_segment_id) });
    }
    segment.spans.iter().try_for_each(|span| one_span(segment, span, now))
}

fn id(what: &'static str, value: &str) -> Result<(), Refusal> {
    // No text has more characters than bytes; an id of a megabyte is not counted through.
    let characters = if value.len() > 4 * ID_CHARACTERS { value.len() } else { value.chars().count() };
    if (1..=ID_CHARACTERS).contains(&characters) {
        return Ok(());
    }
    Err(Refusal::Id { what, value: quoted(value), characters: value.chars().count() })
}

fn one_span(segment: &SegmentObject, span: &SpanObject, now: i64) -> Result<(), Refusal> {
    let named = || quoted(&segment.trace_segment_id);
    let start = span.start_time;
    if start <= 0 || start.saturating_sub(now).saturating_abs() > DAYS_AWAY_MS {
        return Err(Refusal::StartTime { span: span.span_id, segment: named(), start, now });
    }
    if span.span_layer == LAYER_CACHE
        && let Some(key) = twice(&span.tags)
    {
        return Err(Refusal::DuplicateTag { span: span.span_id, segment: named(), key: quoted(key) });
    }
    for tag in &span.tags {
        let (key, wanted) = match tag.key.as_str() {
            "transmission.latency" if !is_integer(&tag.value) => ("transmission.latency", "milliseconds as an integer"),
            "x-le" if !is_object(&tag.value) => ("x-le", r#"a JSON object such as {"logic-span":true}"#),
            _ => continue,
        };
        return Err(Refusal::Tag { span: span.span_id, segment: named(), key, value: quoted(&tag.value), wanted });
    }
    Ok(())
}

fn twice(tags: &[KeyStringValuePair]) -> Option<&str> {
    let mut seen = HashSet::with_capacity(tags.len());
    tags.iter().map(|tag| tag.key.as_str()).find(|key| !seen.insert(*key))
}

/// A blank one counts as 0 for the OAP.
fn is_integer(value: &str) -> bool {
    value.trim().is_empty() || value.parse::<i64>().is_ok()
}

/// Reads without keeping: a tag of megabytes would be sixteen times as large as a JSON value.
fn is_object(value: &str) -> bool {
    value.trim_ascii_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(value).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    fn good() -> SegmentObject {
        SegmentObject {
            trace_id: "t".into(),
            trace_segment_id: "s".into(),
            spans: vec![SpanObject { start_time: NOW, end_time: NOW, parent_span_id: -1, ..Default::default() }],
            ..Default::default()
        }
    }

    fn refused(change: impl FnOnce(&mut SegmentObject)) -> String {
        let mut changed = good();
        change(&mut changed);
        segment(&changed, NOW).map_or_else(|refusal| refusal.to_string(), |()| "taken".to_owned())
    }

    fn tag(key: &str, value: &str) -> KeyStringValuePair {
        KeyStringValuePair { key: key.into(), value: value.into() }
    }

    #[test]
    fn each_way_to_lose_a_segment_is_named_with_value_and_remedy() {
        assert_eq!(refused(|_| ()), "taken");
        let reasons = [
            refused(|s| s.spans[0].span_id = 1),
            refused(|s| s.trace_id = "t".repeat(151)),
            refused(|s| s.trace_segment_id.clear()),
            refused(|s| {
                s.spans[0].span_layer = LAYER_CACHE;
                s.spans[0].tags = vec![tag("cache.type", "redis"), tag("cache.type", "redis")];
            }),
            refused(|s| s.spans[0].tags = vec![tag("transmission.latency", "12.5")]),
            refused(|s| s.spans[0].tags = vec![tag("x-le", "yes")]),
            refused(|s| s.spans[0].start_time = 0),
            refused(|s| s.spans[0].start_time = i64::MIN),
            refused(|s| s.spans[0].start_time = i64::MAX),
        ];
        insta::assert_snapshot!(reasons.join("\n"), @r#"
        segment "s" has no span with id 0, so the OAP could not find it: number the spans from 0
        the trace id "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt…" has 151 characters: the OAP's SQL storage takes 1 to 150
        the segment id "" has 0 characters: the OAP's SQL storage takes 1 to 150
        span 0 of segment "s" has layer Cache and two tags "cache.type", for which the OAP discards the whole segment: send each key once
        span 0 of segment "s" has the tag transmission.latency with value "12.5", for which the OAP discards the whole segment: send milliseconds as an integer
        span 0 of segment "s" has the tag x-le with value "yes", for which the OAP discards the whole segment: send a JSON object such as {"logic-span":true}
        span 0 of segment "s" starts at 0 ms, a day for which the OAP has no table (it is 1795000000000 ms now): send epoch milliseconds of the real clock
        span 0 of segment "s" starts at -9223372036854775808 ms, a day for which the OAP has no table (it is 1795000000000 ms now): send epoch milliseconds of the real clock
        span 0 of segment "s" starts at 9223372036854775807 ms, a day for which the OAP has no table (it is 1795000000000 ms now): send epoch milliseconds of the real clock
        "#);
    }

    #[test]
    fn the_tag_x_le_is_one_json_object_and_nothing_else() {
        for value in ["", "null", "[]", "1", "{", "{}{}", "{'a':1}", "{\"a\":}", "\u{feff}{}"] {
            assert_ne!(refused(|s| s.spans[0].tags = vec![tag("x-le", value)]), "taken", "{value:?}");
        }
    }

    #[test]
    fn what_is_only_near_the_limit_is_taken() {
        assert_eq!(refused(|s| s.trace_id = "ü".repeat(150)), "taken");
        assert_eq!(refused(|s| s.spans[0].tags = vec![tag("a", "1"), tag("a", "2")]), "taken", "only Cache is lost");
        assert_eq!(refused(|s| s.spans[0].tags = vec![tag("transmission.latency", "-7")]), "taken");
        assert_eq!(refused(|s| s.spans[0].tags = vec![tag("x-le", r#" {"logic-span":true} "#)]), "taken");
        assert_eq!(refused(|s| s.spans[0].start_time = NOW - DAYS_AWAY_MS), "taken");
        assert_eq!(refused(|s| s.spans[0].start_time = NOW + DAYS_AWAY_MS), "taken");
    }
}
