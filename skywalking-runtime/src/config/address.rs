//! Parses the addresses of backends: `host:port`, separated by commas. Resolves no host name.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::Error;
use crate::secrets::{HIDDEN, end_of_userinfo, without_secrets};

/// The address of one backend. `Display` formats it as the authority of a URL: an IPv6 address is
/// in brackets.
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

/// The default address of a backend for gRPC.
pub(crate) const GRPC: &str = "127.0.0.1:11800";
/// The default address of a backend for HTTP.
#[cfg(feature = "report-http")]
pub(crate) const HTTP: &str = "127.0.0.1:12800";

/// Whether an address needs a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Needed,
    /// The port of an address without one.
    #[cfg(feature = "report-http")]
    Default(u16),
}

impl Port {
    /// Returns the port of an address without one.
    fn default(self) -> Option<u16> {
        match self {
            Self::Needed => None,
            #[cfg(feature = "report-http")]
            Self::Default(port) => Some(port),
        }
    }
}

/// Parses the list. Errors contain the name of the `setting`.
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
    /// Returns the error for one address of a list. `rest` is the part of the list after it.
    fn named(self, setting: &'static str, one: &str, rest: &str) -> Error {
        // The password may contain a comma. Its `@` is in a later part then.
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
    // Plain HTTP is used anyway, so the prefix is allowed.
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
mod tests;
