//! The value of the tag `x-le` (`docs/protocol.md#logic-endpoints`).

use serde::Deserialize;

/// The longest value that is read, in bytes. A name has at most 150 characters.
const MAX_VALUE: usize = 4096;

/// An endpoint that a tag declares.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct LogicEndpoint {
    /// Whether the span itself is the endpoint.
    #[serde(rename = "logic-span")]
    pub(super) is_span: bool,
    pub(super) name: Option<String>,
    /// In milliseconds.
    pub(super) latency: u64,
    pub(super) status: bool,
}

impl Default for LogicEndpoint {
    fn default() -> Self {
        Self { is_span: false, name: None, latency: 0, status: true }
    }
}

impl LogicEndpoint {
    /// Parses a value. Returns `None` if it is invalid or too long.
    pub(super) fn parse(value: &str) -> Option<Self> {
        if value.len() > MAX_VALUE { None } else { serde_json::from_str(value).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let span = LogicEndpoint { is_span: true, ..LogicEndpoint::default() };
        assert_eq!(LogicEndpoint::parse(r#"{"logic-span":true}"#), Some(span));

        let named =
            LogicEndpoint { is_span: false, name: Some("/x".into()), latency: 5, status: false };
        let text = r#"{"name":"/x","latency":5,"status":false,"more":[1]}"#;
        assert_eq!(LogicEndpoint::parse(text), Some(named));
    }

    #[test]
    fn invalid_values_are_ignored() {
        let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(MAX_VALUE));
        for value in ["", "true", r#"{"latency":-1}"#, "{", &long, &"[".repeat(4_000)] {
            assert_eq!(LogicEndpoint::parse(value), None, "{value:.20}");
        }
    }
}
