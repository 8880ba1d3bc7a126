//! Patterns with fields: `{method}:{uri|path}`.

use crate::fields::Fields;

/// Replaces the fields of a pattern. Returns `None` if one is missing.
pub(crate) fn expand(pattern: &str, fields: &Fields) -> Option<String> {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}')?;
        let (name, is_path) = match name.strip_suffix("|path") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let value = fields.get(name)?;
        text.push_str(before);
        match value.text() {
            Some(address) if is_path => text.push_str(path(address)),
            Some(value) => text.push_str(value),
            None => text.push_str(&value.to_string()),
        }
        rest = behind;
    }
    text.push_str(rest);
    Some(text)
}

/// Returns the path of an address: `/a` of `http://host/a?b`, `/a` of `/a`, `/` of `http://host`.
pub(crate) fn path(address: &str) -> &str {
    let address = without_query(address);
    match address.split_once("://") {
        Some((_, behind)) => behind.find('/').and_then(|at| behind.get(at..)).unwrap_or("/"),
        None => address,
    }
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// Removes the query and the credentials of an address, which can be secret.
pub(crate) fn clean_url(address: &str) -> String {
    let address = without_query(address);
    let Some((scheme, behind)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) =
        behind.find('/').and_then(|at| behind.split_at_checked(at)).unwrap_or((behind, ""));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}
