//! The context of the caller in the fields of a span: fields with the names of the headers, or the
//! `Debug` text of all headers.

use crate::fields::Fields;

/// The headers, as other agents write them.
const HEADERS: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];

/// Returns true for a field that is never recorded: a header of SkyWalking, or any other header.
pub(crate) fn is_header(key: &str) -> bool {
    HEADERS.contains(&key)
        || key == "headers"
        || key.ends_with(".headers")
        || key.ends_with("_headers")
        || key.starts_with("http.request.header.")
        || key.starts_with("http.response.header.")
}

/// Returns the headers of SkyWalking in the fields, as lines.
pub(crate) fn carrier(headers: &'static str, fields: &Fields) -> Option<String> {
    let all = fields.get(headers).filter(|_| !headers.is_empty());
    let all = all.as_ref().and_then(|all| all.text());
    let mut lines = String::new();
    for name in HEADERS {
        let own = fields.get(name);
        let own = own.as_ref().and_then(|value| value.text());
        if let Some(value) = own.or_else(|| in_debug(all?, name)) {
            for part in [name, ":", value, "\n"] {
                lines.push_str(part);
            }
        }
    }
    (!lines.is_empty()).then_some(lines)
}

/// Returns the value of a header in the `Debug` text of a map of headers. The values of these
/// headers need no escape, so one with an escape is not a valid value.
fn in_debug<'a>(all: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = all;
    loop {
        let (_, behind) = rest.split_once(name)?;
        let before = rest.len().checked_sub(behind.len() + name.len() + 1);
        let is_key = before.and_then(|at| rest.get(at..=at)) == Some("\"");
        if let Some(value) = behind.strip_prefix("\": \"").filter(|_| is_key) {
            return value.split_once('"').map(|(value, _)| value);
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_found_in_debug_text() {
        let all =
            r#"{"host": "sw8", "x-sw8": "no", "sw8-x": "0-", "sw8": "1-a=-b", "cookie": "s3cret"}"#;
        assert_eq!(in_debug(all, "sw8"), Some("1-a=-b"));
        assert_eq!(in_debug(all, "sw8-x"), Some("0-"));
        assert_eq!(in_debug(all, "sw8-correlation"), None);
        assert_eq!(in_debug("{\"sw8\": \"cut off", "sw8"), None);
        assert_eq!(in_debug("sw8", "sw8"), None);
    }
}
