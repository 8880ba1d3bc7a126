//! Removes passwords and tokens from addresses in errors and log lines.

pub(crate) const HIDDEN: &str = "<hidden>";

/// Returns an address, or a list of them, without secrets: hides the text before an `@` and the
/// text after the host and the port.
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

/// Returns the end of the scheme, or 0 without one. A `://` in a password is not a scheme.
fn end_of_scheme(text: &str) -> usize {
    let is_scheme = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    text.split_once("://")
        .filter(|(name, _)| is_scheme(name))
        .map_or(0, |(name, _)| name.len() + "://".len())
}

/// Returns the index of the last `@`, including an escaped one.
pub(crate) fn end_of_userinfo(text: &str) -> Option<usize> {
    text.rfind('@').max(text.rfind("%40"))
}
