//! Parses lists of addresses, separated by commas.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use super::{Address, Host, Security, Target};
use crate::config::tls;
use crate::error::Error;
use crate::secrets::{HIDDEN, end_of_userinfo, without_secrets};

/// Whether an address needs a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Needed,
    /// The port of an address without one. With `https://` it is 443.
    #[cfg(feature = "report-http")]
    Default(u16),
}

impl Port {
    /// Returns the port of an address without one.
    fn default(self, scheme: Scheme) -> Option<u16> {
        match (self, scheme) {
            (Self::Needed, _) => None,
            #[cfg(feature = "report-http")]
            (Self::Default(_), Scheme::Https) => Some(443),
            #[cfg(feature = "report-http")]
            (Self::Default(port), _) => Some(port),
        }
    }
}

/// The prefix of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    None,
    Http,
    Https,
    Unix,
}

impl Scheme {
    /// Returns the scheme and the rest. The scheme is case-insensitive.
    fn split(text: &str) -> (Self, &str) {
        for (prefix, scheme) in
            [("http://", Self::Http), ("https://", Self::Https), ("unix://", Self::Unix)]
        {
            if let Some((start, rest)) = text.split_at_checked(prefix.len())
                && start.eq_ignore_ascii_case(prefix)
            {
                return (scheme, rest);
            }
        }
        (Self::None, text)
    }
}

/// Parses the list. Errors contain the name of the `setting`.
///
/// `tls` is the setting that turns TLS on for addresses without a scheme.
pub(crate) fn parse_list(
    setting: &'static str,
    list: &str,
    port: Port,
    tls: Option<&'static str>,
) -> Result<Vec<Address>, Error> {
    if list.trim().is_empty() {
        return Err(Error::BackendMissing { setting, value: list.to_owned() });
    }
    let mut rest = list;
    let one = |one: &str| {
        rest = rest.get(one.len() + 1..).unwrap_or_default();
        parse(one.trim(), port, tls).map_err(|wrong| wrong.named(setting, one.trim(), rest))
    };
    list.split(',').map(one).collect()
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    /// This build has no TLS.
    NoTls,
    /// It is without TLS, and this setting turns TLS on.
    Plain(&'static str),
    Form(&'static str),
}

impl Wrong {
    /// Returns the error for one address of a list. `rest` is the part of the list after it.
    fn named(self, setting: &'static str, one: &str, rest: &str) -> Error {
        // The password may contain a comma. Its `@` is in a later part then.
        let hides = end_of_userinfo(one).is_none() && end_of_userinfo(rest).is_some();
        let value = if hides { HIDDEN.to_owned() } else { without_secrets(one) };
        match self {
            Self::NoTls => Error::TlsUnsupported { setting, value },
            Self::Plain(other) => Error::TlsContradiction { setting, value, other },
            Self::Form(problem) => Error::Backend { setting, value, problem },
        }
    }
}

fn parse(text: &str, default: Port, tls: Option<&'static str>) -> Result<Address, Wrong> {
    if text.is_empty() {
        return Err(Wrong::Form("is empty; remove the comma that is too many"));
    }
    let (scheme, rest) = Scheme::split(text);
    let target = match scheme {
        Scheme::Unix => unix(rest).map_err(Wrong::Form)?,
        // Before its form, which a build with TLS would check.
        Scheme::Https if !tls::IS_BUILT => return Err(Wrong::NoTls),
        _ => tcp(rest, default.default(scheme)).map_err(Wrong::Form)?,
    };
    let security = match (scheme, tls) {
        (Scheme::Http, Some(setting)) => return Err(Wrong::Plain(setting)),
        (Scheme::Https, _) | (_, Some(_)) => Security::Tls,
        (_, None) => Security::Plain,
    };
    Ok(Address { target, security, turn: 0 })
}

/// Parses the path of a Unix socket.
fn unix(path: &str) -> Result<Target, &'static str> {
    if !path.starts_with('/') {
        return Err("has no absolute path; give unix:///path");
    }
    #[cfg(unix)]
    if std::os::unix::net::SocketAddr::from_pathname(path).is_err() {
        return Err("has a path that is too long for a socket; give one of at most 100 bytes");
    }
    #[cfg(not(unix))]
    return Err("is a Unix socket, which this system does not have; give host:port");
    #[cfg(unix)]
    Ok(Target::Unix(PathBuf::from(path)))
}

/// Parses a host and a port.
pub(crate) fn tcp(authority: &str, default: Option<u16>) -> Result<Target, &'static str> {
    if authority.contains("://") {
        return Err(
            "has a scheme that is not known; give host:port alone, https:// or unix:///path",
        );
    }
    if authority.contains(['/', '?', '#', '@']) {
        return Err("has more than a host and a port; give host:port alone");
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if default.is_none() || !authority.ends_with(']') => (host, Some(port)),
        _ if default.is_some() => (authority, None),
        _ => return Err("has no port; give host:port, such as 127.0.0.1:11800"),
    };
    let host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => ipv6(inner)?,
        None if host.contains(':') => {
            return Err("is an IPv6 address without brackets or has two ports; give [::1]:11800");
        }
        None => name(host).ok_or(
            "has no valid host; give a name of ASCII letters, digits, dots, - and _, or an address",
        )?,
    };
    let digits = |port: &&str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = match port {
        Some(port) => {
            Some(port).filter(digits).and_then(|port| port.parse().ok()).filter(|port| *port != 0)
        }
        None => default,
    };
    let port = port.ok_or("has no valid port; give a number from 1 to 65535")?;
    Ok(Target::Tcp { host, port })
}

/// Parses what is in brackets: an IPv6 address, and its zone after `%`, or after `%25` as in URLs
/// (RFC 6874).
fn ipv6(inner: &str) -> Result<Host, &'static str> {
    let (ip, zone) = match inner.split_once('%') {
        Some((ip, zone)) => (ip, Some(zone.strip_prefix("25").unwrap_or(zone))),
        None => (inner, None),
    };
    let ip: Ipv6Addr =
        ip.parse().map_err(|_| "has no IPv6 address in its brackets; give [::1]:11800")?;
    let Some(zone) = zone else { return Ok(Host::Ip(ip.into())) };
    // The names of interfaces have at most 15 bytes on Linux and macOS.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:@".contains(&byte);
    if !(1..=15).contains(&zone.len()) || !zone.bytes().all(is_name) {
        return Err(
            "has no valid zone; give the name of a network interface, as in [fe80::1%eth0]:11800",
        );
    }
    Ok(Host::Zoned(ip, zone.to_owned()))
}

fn name(host: &str) -> Option<Host> {
    if host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return host.parse::<Ipv4Addr>().ok().map(|ip| Host::Ip(ip.into()));
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let is_valid =
        host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(label);
    is_valid.then(|| Host::Name(host.to_owned()))
}
