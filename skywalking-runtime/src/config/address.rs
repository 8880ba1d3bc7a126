//! The backends to report to: `host:port`, several of them with commas between. Nothing is looked
//! up here.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::Error;
use crate::secrets::{HIDDEN, end_of_userinfo, without_secrets};

/// One backend. Its `Display` is what an authority of a URL needs: an IPv6 address has its
/// brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    host: String,
    port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
impl From<std::net::SocketAddr> for Address {
    fn from(address: std::net::SocketAddr) -> Self {
        let host = if address.is_ipv6() {
            format!("[{}]", address.ip())
        } else {
            address.ip().to_string()
        };
        Self { host, port: address.port() }
    }
}

/// Where a backend listens for gRPC unless told.
pub(crate) const GRPC: &str = "127.0.0.1:11800";
/// Where a backend listens for HTTP unless told.
#[cfg(feature = "report-http")]
pub(crate) const HTTP: &str = "127.0.0.1:12800";

/// Whether an address may do without its port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Needed,
    /// This one, unless told.
    #[cfg(feature = "report-http")]
    Default(u16),
}

impl Port {
    /// The port of an address that has none.
    fn default(self) -> Option<u16> {
        match self {
            Self::Needed => None,
            #[cfg(feature = "report-http")]
            Self::Default(port) => Some(port),
        }
    }
}

/// Reads the list. `setting` is what its errors call it.
pub(crate) fn parse_list(
    setting: &'static str,
    list: &str,
    port: Port,
) -> Result<Vec<Address>, Error> {
    if list.trim().is_empty() {
        return Err(Error::BackendMissing { setting, value: list.to_owned() });
    }
    let mut rest = list;
    let one = |one: &str| {
        rest = rest.get(one.len() + 1..).unwrap_or_default();
        parse(one.trim(), port).map_err(|wrong| wrong.named(setting, one.trim(), rest))
    };
    list.split(',').map(one).collect()
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Tls,
    Form(&'static str),
}

impl Wrong {
    /// The error for one of a list, of which this is the `rest` behind it.
    fn named(self, setting: &'static str, one: &str, rest: &str) -> Error {
        // A password with a comma in it: the `@` behind that is in another part.
        let hides = end_of_userinfo(one).is_none() && end_of_userinfo(rest).is_some();
        let value = if hides { HIDDEN.to_owned() } else { without_secrets(one) };
        match self {
            Self::Tls => Error::TlsUnsupported { setting, value },
            Self::Form(problem) => Error::Backend { setting, value, problem },
        }
    }
}

fn parse(text: &str, default: Port) -> Result<Address, Wrong> {
    let wrong = Wrong::Form;
    if text.is_empty() {
        return Err(wrong("is empty; remove the comma that is too many"));
    }
    if has_scheme(text, "https://") {
        return Err(Wrong::Tls);
    }
    // Plain HTTP, of one version or the other, is what is spoken anyway, so the prefix says nothing
    // wrong.
    let authority = if has_scheme(text, "http://") {
        text.get("http://".len()..).unwrap_or_default()
    } else {
        text
    };
    if authority.contains("://") {
        return Err(wrong("has a scheme that is not known; give host:port alone"));
    }
    if authority.contains(['/', '?', '#', '@']) {
        return Err(wrong("has more than a host and a port; give host:port alone"));
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if default.default().is_none() || !authority.ends_with(']') => {
            (host, Some(port))
        }
        _ if default.default().is_some() => (authority, None),
        _ => return Err(wrong("has no port; give host:port, such as 127.0.0.1:11800")),
    };
    let host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => {
            let ip: Ipv6Addr = inner.parse().map_err(|_| wrong("has no IPv6 address in its brackets; give [::1]:11800"))?;
            format!("[{ip}]")
        }
        None if host.contains(':') => return Err(wrong("is an IPv6 address without brackets or has two ports; give [::1]:11800")),
        None => checked_name(host)
            .ok_or_else(|| wrong("has no valid host; give a name of ASCII letters, digits, dots, - and _, or an address"))?,
    };
    let digits = |port: &&str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = match port {
        Some(port) => {
            Some(port).filter(digits).and_then(|port| port.parse().ok()).filter(|port| *port != 0)
        }
        None => default.default(),
    };
    let port = port.ok_or_else(|| wrong("has no valid port; give a number from 1 to 65535"))?;
    Ok(Address { host, port })
}

fn has_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn checked_name(host: &str) -> Option<String> {
    let looks_like_ipv4 = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let good = if looks_like_ipv4 {
        host.parse::<Ipv4Addr>().is_ok()
    } else {
        host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(label)
    };
    good.then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Vec<String>, Error> {
        parse_list("backend", text, Port::Needed)
            .map(|all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_and_addresses_with_a_port_are_taken_in_their_order() {
        assert_eq!(list("127.0.0.1:11800"), Ok(vec!["127.0.0.1:11800".to_owned()]));
        assert_eq!(
            list("oap-0.oap_svc.local.:1, [::1]:65535,http://h:80"),
            Ok(vec![
                "oap-0.oap_svc.local.:1".to_owned(),
                "[::1]:65535".to_owned(),
                "h:80".to_owned()
            ])
        );
    }

    #[test]
    fn address_with_a_scheme_inside_its_password_shows_none_of_it() {
        for (text, shown) in [
            ("user:s3cr://et@h:1", "<hidden>@h:1"),
            ("http://user:s3cr://et@h:1", "http://<hidden>@h:1"),
            ("a:1,user:s3cr://et@h:1", "<hidden>@h:1"),
            ("grpc+tls://s3cret@h:1", "grpc+tls://<hidden>@h:1"),
            ("h:1/?user=a@b&key=s3cret", "<hidden>@b&<hidden>"),
            ("h:1;key=s3cret", "h:1;key=<hidden>"),
        ] {
            assert_eq!(without_secrets(text), shown, "{text}");
        }
    }

    #[test]
    fn an_error_names_the_one_bad_address_and_the_remedy() {
        for bad in [
            "h",
            "h:",
            "h:0",
            "h:65536",
            "h:+1",
            "h:1x",
            ":1",
            "256.0.0.1:1",
            "1.2.3:1",
            "::1:80",
            "[::1]",
            "[x]:1",
            "a b:1",
            "é:1",
            "h:1/p",
            "u@h:1",
            "ftp://h:1",
            "a..b:1",
            "-",
        ] {
            let error = list(&format!("ok:1,{bad}")).unwrap_err();
            let Error::Backend { setting: "backend", value, problem } = &error else {
                panic!("{bad}: {error:?}")
            };
            assert_eq!(*value, without_secrets(bad));
            assert!(problem.contains("give"), "{problem}");
        }
        assert!(list("a:1,").unwrap_err().to_string().contains("comma"));
    }

    #[cfg(feature = "report-http")]
    #[test]
    fn where_there_is_a_default_port_an_address_may_do_without() {
        let list = |text: &str| {
            parse_list("backend", text, Port::Default(12_800))
                .map(|all| all.iter().map(ToString::to_string).collect())
        };
        let expected: Vec<String> =
            ["oap:12800", "10.0.0.1:12800", "[::1]:12800", "[::1]:80", "h:1"]
                .map(str::to_owned)
                .to_vec();
        assert_eq!(list("oap,http://10.0.0.1,[::1],[::1]:80,h:1"), Ok(expected));
        for bad in ["h:", "h:0", "::1", "", "[x]", ":1", "http://", "a b"] {
            assert!(list(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_secret_of_an_address_is_in_an_error() {
        for bad in [
            "http://user:s3cret@oap:11800",
            "https://user:s3cret@oap:11800",
            "user:s3cret@oap:11800",
            "s3cret@oap:11800",
            "http://user:a@s3cret@oap:11800",
            "http://user:s3cret%40oap:11800",
            "http://user:s3/cret@oap:11800",
            "http://user:s3cret,s3cret@oap:11800",
            "a:1,user:s3cret,x,y@oap:11800",
            "http://oap:11800/v1/s3cret",
            "http://oap:11800?token=s3cret",
            "oap:11800#s3cret",
            "ftp://user:s3cret@oap",
            "ok:1, http://user:s3cret@oap:11800 ,ok:2",
        ] {
            let error = list(bad).unwrap_err();
            let config = crate::Config::new("s").backend(bad);
            for text in [
                error.to_string(),
                format!("{error:?}"),
                format!("{config:?}"),
                format!("{config:#?}"),
            ] {
                assert!(!text.contains("s3cret") && !text.contains("cret@"), "{bad}: {text}");
                assert!(text.contains("<hidden>"), "{bad}: {text}");
            }
        }
        // What is no secret is shown.
        assert_eq!(
            list("http://u:p@oap:11800").unwrap_err().to_string().split('"').nth(1),
            Some("http://<hidden>@oap:11800")
        );
        assert_eq!(without_secrets("oap-1:11800,oap-2:11800"), "oap-1:11800,oap-2:11800");
    }

    #[test]
    fn an_empty_list_is_an_error() {
        assert!(matches!(list(" "), Err(Error::BackendMissing { .. })));
    }

    #[test]
    fn https_is_refused_and_never_becomes_plain() {
        let error = list("HTTPS://oap:11800").unwrap_err();
        assert!(matches!(error, Error::TlsUnsupported { .. }), "{error:?}");
        assert!(error.to_string().contains("TLS"));
    }
}
