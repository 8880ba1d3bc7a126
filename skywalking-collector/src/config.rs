//! Addresses, limits and timeouts, and their defaults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::error::Error;

/// The default address for reports by gRPC. It is the address to which agents report by default.
pub const DEFAULT_GRPC_ADDR: &str = "127.0.0.1:11800";
/// The default address for queries and for reports over HTTP.
pub const DEFAULT_HTTP_ADDR: &str = "127.0.0.1:12800";
/// The largest gRPC message, in bytes. It is the OAP's limit, 50 MiB
/// (`docs/protocol.md#grpc-transport`).
pub const MESSAGE_LIMIT: usize = 50 * 1024 * 1024;

/// The limits of a collector. Set them with the methods of [`Builder`](crate::Builder).
///
/// At a limit the oldest entry is evicted: a whole trace, or the instance whose last report is the
/// oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// See [`Builder::max_spans`](crate::Builder::max_spans).
    pub max_spans: usize,
    /// See [`Builder::max_bytes`](crate::Builder::max_bytes).
    pub max_bytes: usize,
    /// See [`Builder::max_instances`](crate::Builder::max_instances).
    pub max_instances: usize,
    /// See [`Builder::max_in_flight`](crate::Builder::max_in_flight).
    pub max_in_flight: usize,
    /// See [`Builder::max_connections`](crate::Builder::max_connections).
    pub max_connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_spans: 500_000,
            max_bytes: 512 * 1024 * 1024,
            max_instances: 10_000,
            max_in_flight: 256 * 1024 * 1024,
            max_connections: 1_000,
        }
    }
}

impl Limits {
    /// The largest size of the names and properties of all instances, in bytes.
    pub(crate) fn registry_bytes(&self) -> usize {
        (self.max_bytes / 16).max(64 * 1024)
    }

    /// The largest size of the statements, in bytes.
    pub(crate) fn statements_bytes(&self) -> usize {
        (self.max_bytes / 32).max(64 * 1024)
    }

    /// The largest size of the metrics, in bytes.
    pub(crate) fn metrics_bytes(&self) -> usize {
        (self.max_bytes / 8).max(64 * 1024)
    }

    /// The largest size of the logs, in bytes.
    pub(crate) fn logs_bytes(&self) -> usize {
        (self.max_bytes / 8).max(64 * 1024)
    }

    /// The largest size of the meters, in bytes.
    pub(crate) fn meters_bytes(&self) -> usize {
        (self.max_bytes / 16).max(64 * 1024)
    }

    /// The largest size of the events, in bytes.
    pub(crate) fn events_bytes(&self) -> usize {
        (self.max_bytes / 64).max(64 * 1024)
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        for (name, value) in [
            ("max_spans", self.max_spans),
            ("max_bytes", self.max_bytes),
            ("max_instances", self.max_instances),
            ("max_in_flight", self.max_in_flight),
            ("max_connections", self.max_connections),
        ] {
            if value == 0 {
                return Err(Error::Limit { name });
            }
        }
        Ok(())
    }
}

/// The timeouts of a connection. A connection that exceeds one is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// Until the head of the first request has arrived.
    pub(crate) request: Duration,
    /// From the first byte of a gRPC message to the last.
    pub(crate) message: Duration,
    /// Until the client reads the next chunk of a response.
    pub(crate) response: Duration,
    /// Between two requests, or two messages of a stream.
    pub(crate) idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            request: seconds(30),
            message: seconds(60),
            response: seconds(30),
            idle: seconds(300),
        }
    }
}

/// Parses the address of a port: `IP:port` or `localhost:port`. No other host name is resolved.
///
/// # Errors
///
/// Returns [`Error::Address`] with the value.
///
/// ```
/// use skywalking_collector::parse_address;
///
/// assert_eq!(parse_address("localhost:0")?.to_string(), "127.0.0.1:0");
/// assert!(parse_address("11800").is_err());
/// # Ok::<(), skywalking_collector::Error>(())
/// ```
pub fn parse_address(value: &str) -> Result<SocketAddr, Error> {
    let invalid = || Error::Address { value: value.to_owned() };
    if let Some(port) = value.strip_prefix("localhost:") {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().map_err(|_| invalid())?)));
    }
    value.parse().map_err(|_| invalid())
}

/// Parses a name for [`Builder::allow_host`](crate::Builder::allow_host): a DNS name or an IP
/// address, without a port. Returns it in lower case.
///
/// # Errors
///
/// Returns [`Error::Host`] with the value.
///
/// ```
/// use skywalking_collector::parse_host;
///
/// assert_eq!(parse_host("Devbox.example")?, "devbox.example");
/// assert!(parse_host("*.example").is_err());
/// # Ok::<(), skywalking_collector::Error>(())
/// ```
pub fn parse_host(value: &str) -> Result<String, Error> {
    const MAX_LENGTH: usize = 253;
    let literal = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    if let Ok(address) = literal.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let is_label = |label: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !label.is_empty() && label.bytes().all(allowed)
    };
    if value.len() > MAX_LENGTH || !value.split('.').all(is_label) {
        return Err(Error::Host { value: value.to_owned() });
    }
    Ok(value.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_a_name_or_an_address_without_a_port() {
        for (value, host) in [
            ("devbox", "devbox"),
            ("Host.Docker.Internal", "host.docker.internal"),
            ("my_host-1", "my_host-1"),
            ("192.0.2.7", "192.0.2.7"),
            ("[2001:DB8::1]", "2001:db8::1"),
        ] {
            assert_eq!(parse_host(value).expect(value), host);
        }
        let long = "a".repeat(254);
        for bad in [
            "",
            "*",
            "*.example",
            "devbox:12800",
            "http://devbox",
            "devbox/",
            "a..b",
            "devbox.",
            "café",
            "a b",
            "user@devbox",
            "devbox\0",
            &long,
        ] {
            let error = parse_host(bad).expect_err(bad).to_string();
            assert!(error.contains(&format!("{bad:?}")) && error.contains("without"), "{error}");
        }
    }

    #[test]
    fn address_needs_an_ip_and_a_port() {
        assert!(parse_address("127.0.0.1:11800").is_ok());
        assert!(parse_address("[::1]:0").is_ok());
        for bad in [
            "",
            "11800",
            ":11800",
            "127.0.0.1",
            "127.0.0.1:65536",
            "localhost:",
            "example.org:80",
            "::1:80x",
        ] {
            let error = parse_address(bad).expect_err(bad).to_string();
            assert!(
                error.contains(&format!("{bad:?}")) && error.contains("127.0.0.1:11800"),
                "{error}"
            );
        }
    }

    #[test]
    fn limit_of_zero_is_an_error_with_its_name() {
        let error = Limits { max_bytes: 0, ..Limits::default() }.validate().expect_err("0 bytes");
        assert_eq!(error.to_string(), "max_bytes must be at least 1, found 0");
        assert!(Limits::default().validate().is_ok());
    }
}
