//! Names, addresses and URLs as spans show them, written piece by piece into the span's own text.

use std::fmt::{self, Display, Formatter};

use ::http::{HeaderMap, HeaderValue, Method, Uri, header};

use super::hosts;

/// `METHOD:/path`.
#[derive(Clone, Copy)]
pub(super) struct OperationName<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
}

impl Display for OperationName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.method.as_str())?;
        f.write_str(":")?;
        f.write_str(if self.path.is_empty() { "/" } else { self.path })
    }
}

/// The host that a request goes to, and its port: as written or as the scheme has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
}

impl<'a> Address<'a> {
    /// What the URI says, else what the client was told, else the header `host`.
    pub(super) fn of(uri: &'a Uri, told: Option<&'a str>, host: Option<&'a HeaderValue>) -> Option<Self> {
        let default_port = match uri.scheme_str() {
            Some("https" | "wss") => Some(443),
            Some("http" | "ws") => Some(80),
            _ => None,
        };
        let (host, port) = match (uri.host(), told) {
            (Some(host), _) => (host, uri.port_u16()),
            (None, Some(told)) => hosts::split(told),
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

/// The header `host`, where the URI doesn't say it.
pub(super) fn host_header<'a>(uri: &Uri, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
    if uri.authority().is_some() { None } else { headers.get(header::HOST) }
}

fn text(host: &HeaderValue) -> &str {
    host.to_str().unwrap_or_default()
}

/// Whether a tag keeps the query, where secrets live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::integrations) enum Query {
    #[default]
    LeftOut,
    Kept,
}

/// The URL of a request, never with userinfo. Without a scheme where the request has none: it begins with the host then.
pub(super) struct Url<'a> {
    pub(super) uri: &'a Uri,
    /// The header `host`.
    pub(super) host: Option<&'a HeaderValue>,
    pub(super) query: Query,
}

impl Display for Url<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.uri.scheme_str() {
            f.write_str(scheme)?;
            f.write_str("://")?;
        }
        match self.uri.authority() {
            Some(authority) => f.write_str(without_userinfo(authority.as_str()))?,
            None => f.write_str(without_userinfo(self.host.map(text).unwrap_or_default()))?,
        }
        f.write_str(self.uri.path())?;
        match (self.query, self.uri.query()) {
            (Query::Kept, Some(query)) => {
                f.write_str("?")?;
                f.write_str(query)
            }
            _ => Ok(()),
        }
    }
}

fn without_userinfo(authority: &str) -> &str {
    // What follows an ASCII byte is whole text. For texts as short as these, the search of `rsplit_once` takes twice as long.
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
    fn an_address_is_the_uris_or_what_was_told_or_the_host_header_with_the_schemes_port() {
        for (uri, told, host, expected) in [
            ("http://stock/a", None, None, "stock:80"),
            ("https://stock/a", None, None, "stock:443"),
            ("https://u:p@stock:8443/a", Some("told:1"), Some("header:2"), "stock:8443"),
            ("http://[::1]:8080/a", None, None, "[::1]:8080"),
            ("http://[::1]/a", None, None, "[::1]:80"),
            ("/a", Some("told:1"), Some("header:2"), "told:1"),
            ("/a", None, Some("header:2"), "header:2"),
            ("/a", None, Some("header"), "header"),
            ("stock:8443", None, None, "stock:8443"),
        ] {
            let (uri, host) = (uri.parse().expect("a URI"), header(host));
            let address = Address::of(&uri, told, host.as_ref()).expect("an address");
            assert_eq!(address.to_string(), expected);
        }
        for (uri, host) in [("/a", None), ("/a", Some("")), ("*", None)] {
            assert_eq!(Address::of(&uri.parse().expect("a URI"), None, header(host).as_ref()), None);
        }
    }

    #[test]
    fn a_url_has_no_userinfo_and_its_query_only_where_asked_for() {
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
            let shown = |query| Url { uri: &uri, host: host.as_ref(), query }.to_string();
            assert_eq!((shown(Query::LeftOut).as_str(), shown(Query::Kept).as_str()), (without, with));
        }
    }
}
