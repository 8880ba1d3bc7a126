//! Why a span failed, as one short text.

use skywalking_proto::v3::{KeyStringValuePair, SpanObject};

use crate::text::shorten;

/// The longest reason, in characters.
const MAX_REASON: usize = 200;

/// How much a reason explains. A log says more than a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Log,
    Status,
}

/// Why a span failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) source: Source,
    /// The time of the log, or the end of the span, in epoch milliseconds.
    pub(super) time: i64,
    pub(super) text: String,
}

/// Returns the reason of a failed span: the `message` of its first log of an error, or the
/// `error.kind` of a log without a message; otherwise a status in a tag.
pub(super) fn of(span: &SpanObject) -> Option<Reason> {
    if !span.is_error {
        return None;
    }
    let logged = span.logs.iter().find_map(|log| {
        let text = value(&log.data, "message").or_else(|| value(&log.data, "error.kind"))?;
        Some((Source::Log, log.time, shorten(text, MAX_REASON)))
    });
    let status = || {
        let (kind, code) = ["http.status_code", "status_code", "rpc.status_code"]
            .iter()
            .find_map(|key| Some((*key, value(&span.tags, key)?)))?;
        let kind = if kind == "rpc.status_code" { "RPC" } else { "HTTP" };
        Some((Source::Status, span.end_time, shorten(&format!("{kind} {code}"), MAX_REASON)))
    };
    logged.or_else(status).map(|(source, time, text)| Reason { source, time, text })
}

/// Returns the last value of the key that is not blank.
fn value<'a>(pairs: &'a [KeyStringValuePair], key: &str) -> Option<&'a str> {
    let pair = pairs.iter().rev().find(|pair| pair.key == key)?;
    Some(pair.value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3::Log;

    use super::*;

    fn pair(key: &str, value: &str) -> KeyStringValuePair {
        KeyStringValuePair { key: key.into(), value: value.into() }
    }

    fn failed(tags: &[(&str, &str)], logs: &[&[(&str, &str)]]) -> SpanObject {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| pair(k, v)).collect();
        SpanObject {
            is_error: true,
            end_time: 9,
            tags: pairs(tags),
            logs: logs.iter().map(|log| Log { time: 5, data: pairs(log) }).collect(),
            ..Default::default()
        }
    }

    fn text(span: &SpanObject) -> Option<String> {
        of(span).map(|reason| reason.text)
    }

    #[test]
    fn log_of_an_error_comes_before_a_status() {
        let status = [("http.status_code", "500")];
        let logs: [&[(&str, &str)]; 2] = [
            &[("event", "retry")],
            &[("event", "error"), ("error.kind", "Timeout"), ("message", "no answer in 2 s")],
        ];

        assert_eq!(text(&failed(&status, &logs)).as_deref(), Some("no answer in 2 s"));
        assert_eq!(
            text(&failed(&status, &[&[("error.kind", "Timeout"), ("message", " ")]])).as_deref(),
            Some("Timeout")
        );
        assert_eq!(text(&failed(&status, &logs[..1])).as_deref(), Some("HTTP 500"));
        assert_eq!(
            text(&failed(&[("rpc.status_code", "UNAVAILABLE")], &[])).as_deref(),
            Some("RPC UNAVAILABLE")
        );
        assert_eq!(of(&failed(&[], &[])), None);
    }

    #[test]
    fn reason_is_cut_and_needs_a_failed_span() {
        let long = failed(&[], &[&[("message", &"x".repeat(10_000))]]);

        assert_eq!(text(&long).map(|text| text.chars().count()), Some(MAX_REASON + 1));
        assert_eq!(of(&SpanObject { is_error: false, ..long }), None);
    }
}
