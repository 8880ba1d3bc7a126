//! Errors of starting and using a collector. Errors of a reported segment are in `segment_error`;
//! they are sent to the agent.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::api::Stats;

/// A port of the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Port {
    /// The port to which agents report by gRPC.
    Grpc,
    /// The port for queries, to which agents can report too.
    Http,
}

impl Port {
    /// The name of its command-line option and variable.
    const fn option(self) -> &'static str {
        match self {
            Self::Grpc => "--grpc-addr (SW_COLLECTOR_GRPC_ADDR)",
            Self::Http => "--http-addr (SW_COLLECTOR_HTTP_ADDR)",
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grpc => "gRPC",
            Self::Http => "HTTP",
        })
    }
}

/// An error of starting a collector or of waiting for a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An address is not `IP:port`.
    #[error(
        "invalid address {value:?}: expected IP:port, such as 127.0.0.1:11800, [::1]:11800 or localhost:0 (port 0 selects a free port)"
    )]
    Address {
        /// The invalid address.
        value: String,
    },
    /// A host name is not a DNS name or an IP address.
    #[error(
        "invalid host {value:?}: expected a name or an IP address, such as devbox.example, without scheme, port and wildcard"
    )]
    Host {
        /// The invalid name.
        value: String,
    },
    /// A limit is 0.
    #[error("{name} must be at least 1, found 0")]
    Limit {
        /// The name of the limit.
        name: &'static str,
    },
    /// The token can't be sent in a header. The error doesn't contain it.
    #[error(
        "the token <hidden> is empty or has characters that are not allowed in a header: use visible ASCII characters"
    )]
    Token,
    /// A port is reachable from other machines, and no token is set.
    #[error("the {port} address {address} is reachable from other machines, and no token is set: set SW_COLLECTOR_TOKEN or --token-file, or listen on 127.0.0.1 with {}", .port.option())]
    TokenMissing {
        /// The port.
        port: Port,
        /// The address of the port.
        address: SocketAddr,
    },
    /// This build has no TLS.
    #[error(
        "this build has no TLS: turn on the feature tls-ring or tls-aws-lc of skywalking-collector"
    )]
    TlsUnsupported,
    /// Client certificates are required, and TLS is off.
    #[error("client certificates need TLS: set the certificate and the key of the collector too")]
    TlsClientCa,
    /// A file of TLS can't be used.
    #[error("can't use the file {path:?} for TLS: {problem}")]
    TlsFile {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The operating system can't bind the address.
    #[error("can't listen on {address} for {port}: {source}. Stop the program that uses the address, or set another one with {} (port 0 selects a free port)", .port.option())]
    Bind {
        /// The port.
        port: Port,
        /// The address of the port.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// [`Collector::wait_for`](crate::Collector::wait_for) timed out.
    #[error(
        "timed out after {waited:?} waiting for the condition; received so far: {stats}. Check the agent's log for errors of its reporter, or increase the timeout"
    )]
    Timeout {
        /// The timeout.
        waited: Duration,
        /// The counters at that time.
        stats: Box<Stats>,
    },
}
