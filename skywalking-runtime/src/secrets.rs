//! Addresses as errors and log lines may show them. Passwords and tokens stand in them.

pub(crate) const HIDDEN: &str = "<hidden>";

/// The text of an address, or of a list of them, as it may be shown: nothing that stands before an
/// `@`, and nothing behind the host and the port.
pub(crate) fn without_secrets(text: &str) -> String {
    let (scheme, rest) = text.split_at(end_of_scheme(text));
    let (before, rest) = match end_of_userinfo(rest) {
        Some(end) => (HIDDEN, rest.get(end..).unwrap_or_default()),
        None => ("", rest),
    };
    let (rest, behind) = match rest.find(['/', '?', '#', '&', '=']) {
        Some(at) if at + 1 < rest.len() => (rest.get(..=at).unwrap_or_default(), HIDDEN),
        _ => (rest, ""),
    };
    format!("{scheme}{before}{rest}{behind}")
}

/// Where the scheme ends; 0 without one. A `://` in a password ends none.
fn end_of_scheme(text: &str) -> usize {
    let is_scheme = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    text.split_once("://")
        .filter(|(name, _)| is_scheme(name))
        .map_or(0, |(name, _)| name.len() + "://".len())
}

/// Where the last `@` is, also one that is written as in a URL.
pub(crate) fn end_of_userinfo(text: &str) -> Option<usize> {
    text.rfind('@').max(text.rfind("%40"))
}
