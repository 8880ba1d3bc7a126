//! Limits and addresses. Where they come from (builder, command line, variables) is not known here.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::error::Error;

/// Where agents look for a backend on their own machine.
pub const DEFAULT_GRPC_ADDR: &str = "127.0.0.1:11800";
/// The OAP's port for queries, on this machine alone.
pub const DEFAULT_HTTP_ADDR: &str = "127.0.0.1:12800";
/// The largest message taken, as in the OAP: 50 MiB (`docs/protocol.md#grpc-transport`).
pub const MESSAGE_LIMIT: usize = 50 * 1024 * 1024;

/// How much is kept. When a limit is reached the oldest goes first: a trace as a whole, or the
/// instance that was not seen for the longest time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Spans over all traces.
    pub max_spans: usize,
    /// Bytes of memory that the stored traces take, estimated before a message is decoded. A
    /// segment that alone is larger is refused.
    pub max_bytes: usize,
    /// Instances over all services. Their names and properties take at most a sixteenth of
    /// `max_bytes`, or 64 KiB if that is more.
    pub max_instances: usize,
    /// Bytes of messages that are read and of answers that are written, over both ports. One that
    /// alone is larger is served when nothing else is in flight.
    pub max_in_flight: usize,
    /// Connections over both ports. Where there are more, the one that was idle for longest is
    /// closed.
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
    /// Bytes for names and properties of instances.
    pub(crate) fn registry_bytes(&self) -> usize {
        (self.max_bytes / 16).max(64 * 1024)
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

/// How long a connection may take. One that takes longer is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the head of its first request has come.
    pub request: Duration,
    /// From the first byte of a gRPC message to its last one.
    pub message: Duration,
    /// Until a reader takes the next piece of an answer.
    pub answer: Duration,
    /// Between two requests, or two messages of a stream.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { request: seconds(30), message: seconds(60), answer: seconds(30), idle: seconds(300) }
    }
}

/// An address to listen on: `IP:port`, or `localhost:port`. No other name is looked up, since a
/// listener's address is one of this machine.
///
/// # Errors
/// [`Error::Address`], with the value.
///
/// ```
/// use skywalking_collector::parse_address;
///
/// assert_eq!(parse_address("localhost:0")?.to_string(), "127.0.0.1:0");
/// assert!(parse_address("11800").is_err());
/// # Ok::<(), skywalking_collector::Error>(())
/// ```
pub fn parse_address(value: &str) -> Result<SocketAddr, Error> {
    let refused = || Error::Address { value: value.to_owned() };
    if let Some(port) = value.strip_prefix("localhost:") {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().map_err(|_| refused())?)));
    }
    value.parse().map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_an_ip_and_a_port() {
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
    fn a_limit_of_zero_is_refused_by_its_name() {
        let error = Limits { max_bytes: 0, ..Limits::default() }.validate().expect_err("0 bytes");
        assert_eq!(error.to_string(), "max_bytes is 0, which would keep nothing: give 1 or more");
        assert!(Limits::default().validate().is_ok());
    }
}
