//! The addresses of backends. Resolves no host name.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;

pub(super) use self::parse::{Port, parse_list, tcp as parse_host_and_port};
use super::{Config, Given};

/// The address of one backend.
///
/// `Display` formats it for log lines: `host:port`, `https://host:port` or `unix:///path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    target: Target,
    security: Security,
    /// How often the address failed. The addresses of a name are tried in another order each time.
    turn: usize,
}

/// Where a connection is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Tcp {
        host: Host,
        port: u16,
    },
    /// The absolute path of a Unix socket.
    Unix(PathBuf),
}

/// A host of a TCP address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A name, which is resolved for each connection.
    Name(String),
    Ip(IpAddr),
    /// An IPv6 address with its zone: the name or the index of a network interface.
    Zoned(Ipv6Addr, String),
}

/// Whether a connection uses TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    Plain,
    Tls,
}

#[cfg_attr(
    not(any(feature = "report-grpc", feature = "report-http")),
    allow(dead_code, reason = "nothing connects to a backend")
)]
impl Address {
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn security(&self) -> Security {
        self.security
    }

    /// Returns how often the address failed.
    pub(crate) fn turn(&self) -> usize {
        self.turn
    }

    /// Returns true if both are the same place, whatever failed.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.target, self.security) == (&other.target, other.security)
    }

    /// Counts a failure of the address.
    pub(crate) fn add_failure(&mut self) {
        self.turn = self.turn.wrapping_add(1);
    }

    /// Returns the host and port for the `Host` header and `:authority`. The zone of an IPv6
    /// address is left out, since it has a meaning on this host only. A Unix socket is `localhost`.
    pub(crate) fn authority(&self) -> String {
        match &self.target {
            Target::Tcp { host: Host::Zoned(ip, _), port } => format!("[{ip}]:{port}"),
            Target::Tcp { host, port } => format!("{host}:{port}"),
            Target::Unix(_) => "localhost".to_owned(),
        }
    }

    /// Returns true if no other host can read what is sent.
    pub(crate) fn is_local(&self) -> bool {
        match &self.target {
            Target::Tcp { host, .. } => host.is_loopback(),
            Target::Unix(_) => true,
        }
    }
}

impl Host {
    /// Returns true for loopback addresses and for `localhost`.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => {
                name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case("localhost")
            }
            Self::Ip(ip) => ip.to_canonical().is_loopback(),
            Self::Zoned(ip, _) => ip.is_loopback(),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(ip)) => write!(f, "{ip}"),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
            Self::Zoned(ip, zone) => write!(f, "[{ip}%{zone}]"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.target, self.security) {
            (Target::Tcp { host, port }, Security::Plain) => write!(f, "{host}:{port}"),
            (Target::Tcp { host, port }, Security::Tls) => write!(f, "https://{host}:{port}"),
            (Target::Unix(path), Security::Plain) => write!(f, "unix://{}", path.display()),
            (Target::Unix(path), Security::Tls) => {
                write!(f, "unix://{} with TLS", path.display())
            }
        }
    }
}

impl Config {
    /// Sets the address of the backend: `host:port`, or several of them separated by commas.
    /// Default: `127.0.0.1:11800`, or `127.0.0.1:12800` for HTTP.
    ///
    /// Several addresses are tried one after the other. The host is a name, an IPv4 address, or an
    /// IPv6 address in brackets, with its zone if it is link-local: `[fe80::1%eth0]:11800`. A name
    /// is resolved for each connection, and up to 16 of its addresses are tried, 250 ms apart. After
    /// a failure the next connect begins with another one. The prefix `https://` turns TLS on, and
    /// `http://` is allowed without TLS (see [`force_tls`](Config::force_tls)). `unix:///path` is a
    /// Unix socket. The HTTP reporter needs no port: its default is 12800, or 443 with `https://`.
    pub fn backend(mut self, list: impl Into<String>) -> Self {
        self.backend = Some(Given::new("Config::backend", list));
        self
    }
}

#[cfg(test)]
impl From<std::net::SocketAddr> for Address {
    fn from(address: std::net::SocketAddr) -> Self {
        Self {
            target: Target::Tcp { host: Host::Ip(address.ip()), port: address.port() },
            security: Security::Plain,
            turn: 0,
        }
    }
}

/// The default address of a backend for gRPC.
pub(crate) const GRPC: &str = "127.0.0.1:11800";
/// The default address of a backend for HTTP.
#[cfg(feature = "report-http")]
pub(crate) const HTTP: &str = "127.0.0.1:12800";
