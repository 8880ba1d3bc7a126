//! The value of the tag `x-le` (`docs/protocol.md#logic-endpoints`).

use serde::Deserialize;

/// The longest value that is read, in bytes. A name has at most 150 characters.
const MAX_VALUE: usize = 4096;

/// The endpoint that a tag declares.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LogicEndpoint {
    /// The span itself.
    Span,
    /// An endpoint with its own values. The latency is in milliseconds.
    Named { name: String, latency: u64, status: bool },
}

/// The JSON of a tag.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Value {
    #[serde(rename = "logic-span")]
    is_span: bool,
    name: Option<String>,
    latency: Option<u64>,
    status: Option<bool>,
}

impl LogicEndpoint {
    /// Parses a value. Returns `None` if it is invalid, too long, or lacks a field. Only a Local
    /// span can be an endpoint itself.
    pub(super) fn parse(value: &str, is_local: bool) -> Option<Self> {
        if value.len() > MAX_VALUE {
            return None;
        }
        let value: Value = serde_json::from_str(value).ok()?;
        if is_local && value.is_span {
            return Some(Self::Span);
        }
        let (name, latency, status) = (value.name?, value.latency?, value.status?);
        Some(Self::Named { name, latency, status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let span = r#"{"logic-span":true}"#;
        let text = r#"{"name":"/x","latency":5,"status":false,"more":[1]}"#;
        let named = LogicEndpoint::Named { name: "/x".into(), latency: 5, status: false };

        assert_eq!(LogicEndpoint::parse(span, true), Some(LogicEndpoint::Span));
        assert_eq!(LogicEndpoint::parse(span, false), None);
        assert_eq!(LogicEndpoint::parse(text, true), Some(named));
    }

    #[test]
    fn invalid_and_incomplete_values_are_ignored() {
        let long = format!(r#"{{"name":"{}","latency":1,"status":true}}"#, "x".repeat(MAX_VALUE));
        for value in [
            "",
            "true",
            "{}",
            "{",
            r#"{"name":"/x","latency":-1,"status":true}"#,
            r#"{"name":"/x","latency":1}"#,
            r#"{"name":"/x","status":true}"#,
            r#"{"latency":1,"status":true}"#,
            r#"{"logic-span":false}"#,
            &long,
            &"[".repeat(4_000),
        ] {
            assert_eq!(LogicEndpoint::parse(value, true), None, "{value:.20}");
        }
    }
}
