//! Formats names, addresses and URLs for spans.

use std::fmt::{self, Display, Formatter};

use ::http::{HeaderMap, HeaderValue, Method, Uri, header};

use super::hosts;
use crate::OpeningSpan;

/// Names an HTTP span. Call it first, since the name decides whether the span is recorded.
#[inline]
pub(super) fn name(span: &mut OpeningSpan<'_>, method: &str, path: &str) {
    let path = if path.is_empty() { "/" } else { path };
    span.name_parts(&[method, ":", path]);
}

/// Records the tags that are known when an HTTP span starts.
pub(super) fn describe(span: &mut OpeningSpan<'_>, method: &Method, url: &[&str]) {
    span.tag("http.method", method.as_str()).tag_parts("url", url);
}

/// The host and port of a request. The port is explicit, or the scheme's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
}

impl<'a> Address<'a> {
    /// Returns the address of the URI, else the configured one, else that of the header `host`.
    pub(super) fn of(
        uri: &'a Uri,
        configured: Option<&'a str>,
        host: Option<&'a HeaderValue>,
    ) -> Option<Self> {
        let default_port = match uri.scheme_str() {
            Some("https" | "wss") => Some(443),
            Some("http" | "ws") => Some(80),
            _ => None,
        };
        let (host, port) = match (uri.host(), configured) {
            (Some(host), _) => (host, uri.port_u16()),
            (None, Some(configured)) => hosts::split(configured),
            (None, None) => hosts::split(text(host?)),
        };
        (!host.is_empty()).then_some(Self { host, port: port.or(default_port) })
    }
}

impl Display for Address<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

/// Returns the header `host` if the URI has no host.
pub(super) fn host_header<'a>(uri: &Uri, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
    if uri.authority().is_some() { None } else { headers.get(header::HOST) }
}

fn text(host: &HeaderValue) -> &str {
    str::from_utf8(host.as_bytes()).unwrap_or_default()
}

/// Whether a tag keeps the query, which may contain secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Query {
    #[default]
    LeftOut,
    Kept,
}

/// Returns the URL of a request in pieces, without userinfo. If the request has no scheme, it
/// begins with the host. `host` is the header, for a URI without a host.
pub(super) fn url<'a>(uri: &'a Uri, host: Option<&'a HeaderValue>, query: Query) -> [&'a str; 6] {
    let (scheme, colon) = uri.scheme_str().map_or(("", ""), |scheme| (scheme, "://"));
    let authority = uri
        .authority()
        .map_or_else(|| host.map(text).unwrap_or_default(), |authority| authority.as_str());
    let (mark, query) =
        uri.query().filter(|_| query == Query::Kept).map_or(("", ""), |query| ("?", query));
    [scheme, colon, without_userinfo(authority), uri.path(), mark, query]
}

fn without_userinfo(authority: &str) -> &str {
    // The index after an ASCII byte is a character boundary. For short texts the search of
    // `rsplit_once` takes twice as long.
    let from = authority.bytes().rposition(|byte| byte == b'@').map_or(0, |at| at + 1);
    authority.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(host: Option<&str>) -> Option<HeaderValue> {
        host.map(|host| host.parse().expect("a value"))
    }

    #[test]
    fn address_is_that_of_uri_setting_or_host_header() {
        for (uri, configured, host, expected) in [
            ("http://stock/a", None, None, "stock:80"),
            ("https://stock/a", None, None, "stock:443"),
            ("https://u:p@stock:8443/a", Some("configured:1"), Some("header:2"), "stock:8443"),
            ("http://[::1]:8080/a", None, None, "[::1]:8080"),
            ("http://[::1]/a", None, None, "[::1]:80"),
            ("/a", Some("configured:1"), Some("header:2"), "configured:1"),
            ("/a", None, Some("header:2"), "header:2"),
            ("/a", None, Some("header"), "header"),
            ("stock:8443", None, None, "stock:8443"),
        ] {
            let (uri, host) = (uri.parse().expect("a URI"), header(host));
            let address = Address::of(&uri, configured, host.as_ref()).expect("an address");
            assert_eq!(address.to_string(), expected);
        }
        for (uri, host) in [("/a", None), ("/a", Some("")), ("*", None)] {
            assert_eq!(
                Address::of(&uri.parse().expect("a URI"), None, header(host).as_ref()),
                None
            );
        }
    }

    #[test]
    fn url_has_no_userinfo_and_optionally_a_query() {
        for (uri, host, without, with) in [
            ("http://stock/a?b=c", None, "http://stock/a", "http://stock/a?b=c"),
            ("https://u:p@stock:8443/a", None, "https://stock:8443/a", "https://stock:8443/a"),
            ("http://u@p@stock/", None, "http://stock/", "http://stock/"),
            ("/a?b=c", Some("stock:80"), "stock:80/a", "stock:80/a?b=c"),
            ("/a?b=c", Some("u:p@stock"), "stock/a", "stock/a?b=c"),
            ("/a", None, "/a", "/a"),
            ("*", Some("stock"), "stock*", "stock*"),
        ] {
            let Ok(uri) = uri.parse() else { continue };
            let host = header(host);
            let shown = |query| url(&uri, host.as_ref(), query).concat();
            assert_eq!(
                (shown(Query::LeftOut).as_str(), shown(Query::Kept).as_str()),
                (without, with)
            );
        }
    }
}
