//! Masks users and passwords in URLs, and in addresses without a scheme.

use std::borrow::Cow;

use super::part;
use super::standard::MASK;

/// Returns true for characters that end a URL within a text.
fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '\\')
}

/// Masks the user of each URL in a text.
pub(super) fn without_credentials(text: &str) -> Cow<'_, str> {
    const SCHEME: &str = "://";
    if !text.contains(SCHEME) || !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(SCHEME) {
        out.push_str(before);
        out.push_str(SCHEME);
        // A URL after this one has its own credentials.
        let url = behind.find(ends_url).map_or(behind, |end| part(behind, ..end));
        let url = url.find(SCHEME).map_or(url, |end| part(url, ..end));
        let user = user_of(url);
        if user > 0 {
            out.push_str(MASK);
        }
        rest = part(behind, user..);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns how many bytes after the scheme are the user.
fn user_of(url: &str) -> usize {
    let authority = url.find(['/', '?', '#']).map_or(url, |end| part(url, ..end));
    if let Some(at) = authority.rfind('@') {
        return at;
    }
    // A port is a number. Otherwise it is a password with an unescaped character that ended the
    // authority.
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) || authority.ends_with(']');
    if is_port { 0 } else { url.rfind('@').unwrap_or(0) }
}

/// Masks the user of an address, or of several separated by commas.
pub(super) fn without_users(peer: &str) -> Cow<'_, str> {
    if !peer.contains('@') {
        return Cow::Borrowed(peer);
    }
    // URLs first: a password may contain a comma. The rest of it after a comma looks like an
    // address.
    let peer = without_credentials(peer);
    let each = peer.split(',').map(|address| match address.rsplit_once('@') {
        Some((_, host)) if !address.contains("://") => format!("{MASK}@{host}"),
        _ => address.to_owned(),
    });
    Cow::Owned(each.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_user_of_each_url_is_masked() {
        for (text, expected) in [
            ("https://me:pw@host/path?a=b@c", "https://***@host/path?a=b@c"),
            ("https://me@host", "https://***@host"),
            ("https://host/path@2", "https://host/path@2"),
            ("https://host:80/path@2", "https://host:80/path@2"),
            ("https://[::1]/path@2", "https://[::1]/path@2"),
            (
                "a redis://:pw@one and \"mongodb://me:pw@two,three/db\" more",
                "a redis://***@one and \"mongodb://***@two,three/db\" more",
            ),
            ("postgres://me:p@ss@db/x", "postgres://***@db/x"),
            ("postgres://me:p/s#s@db/x", "postgres://***@db/x"),
            ("jdbc:mysql://me:pw@h1,x://a:b@h2", "jdbc:mysql://***@h1,x://***@h2"),
            ("mail to you@example.org", "mail to you@example.org"),
        ] {
            assert_eq!(without_credentials(text), expected);
        }
    }

    #[test]
    fn user_of_an_address_is_masked() {
        assert_eq!(without_users("db:5432"), "db:5432");
        assert_eq!(without_users("me:p@w@db:5432"), "***@db:5432");
        assert_eq!(without_users("mongodb://me:pw@a,b"), "mongodb://***@a,b");
        assert_eq!(without_users("mongodb://me:p,w@a,b"), "mongodb://***@a,b");
        assert_eq!(without_users("me:pw@a:1,x://me:pw@b"), "***@a:1,x://***@b");
        assert_eq!(without_users("x://me:pw@a,x://me:pw@b"), "x://***@a,x://***@b");
    }
}
