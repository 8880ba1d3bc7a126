//! Why a span failed, as one short text.

use skywalking_proto::v3::{KeyStringValuePair, Log, SpanObject};

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

/// Returns the text of [`of`].
pub(crate) fn reason(span: &SpanObject) -> Option<String> {
    of(span).map(|reason| reason.text)
}

/// Returns the reason of a failed span: the `message` of its first log of an error, or the
/// `error.kind` of a log without a message; then the `message` of any log; otherwise a status of a
/// failure in a tag.
pub(super) fn of(span: &SpanObject) -> Option<Reason> {
    if !span.is_error {
        return None;
    }
    let message = |log: &Log| Some((log.time, value(&log.data, "message")?.to_owned()));
    let kind = |log: &Log| Some((log.time, value(&log.data, "error.kind")?.to_owned()));
    let errors = || span.logs.iter().filter(|log| is_error(log));
    let logged = errors()
        .find_map(|log| message(log).or_else(|| kind(log)))
        .or_else(|| span.logs.iter().find_map(message));
    if let Some((time, text)) = logged {
        return Some(Reason { source: Source::Log, time, text: shorten(&text, MAX_REASON) });
    }
    let text = shorten(&status(&span.tags)?, MAX_REASON);
    Some(Reason { source: Source::Status, time: span.end_time, text })
}

fn is_error(log: &Log) -> bool {
    log.data
        .iter()
        .any(|pair| (pair.key == "event" && pair.value == "error") || pair.key == "error.kind")
}

/// Returns the status in the tags, unless it is one of success.
fn status(tags: &[KeyStringValuePair]) -> Option<String> {
    let http = ["http.status_code", "status_code"].iter().find_map(|key| value(tags, key));
    if let Some(code) = http.filter(|code| !code.starts_with(['1', '2', '3'])) {
        return Some(format!("HTTP {code}"));
    }
    let rpc = value(tags, "rpc.status_code");
    rpc.filter(|code| !matches!(*code, "0" | "OK" | "Ok" | "ok")).map(|code| format!("RPC {code}"))
}

/// Returns the last value of the key that is not blank.
fn value<'a>(pairs: &'a [KeyStringValuePair], key: &str) -> Option<&'a str> {
    let pair = pairs.iter().rev().find(|pair| pair.key == key)?;
    Some(pair.value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
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
    fn log_of_an_error_comes_before_other_logs() {
        let info: &[_] = &[("message", "started")];
        let error: &[_] = &[("event", "error"), ("message", "refused")];

        assert_eq!(text(&failed(&[], &[info, error])).as_deref(), Some("refused"));
        assert_eq!(text(&failed(&[], &[info])).as_deref(), Some("started"));
    }

    #[test]
    fn status_of_a_success_is_not_a_reason() {
        for tag in [("http.status_code", "200"), ("rpc.status_code", "OK")] {
            assert_eq!(text(&failed(&[tag], &[])), None, "{tag:?}");
        }
    }

    #[test]
    fn reason_is_cut_and_needs_a_failed_span() {
        let long = failed(&[], &[&[("message", &"x".repeat(10_000))]]);

        assert_eq!(text(&long).map(|text| text.chars().count()), Some(MAX_REASON + 1));
        assert_eq!(of(&SpanObject { is_error: false, ..long }), None);
    }
}
