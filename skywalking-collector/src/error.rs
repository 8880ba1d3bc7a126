//! What can go wrong for the one who runs a collector. What is wrong with a segment is
//! [`crate::Refusal`], which goes to the agent that sent it.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::store::Stats;

/// Which of the two ports an [`Error`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// Where agents report.
    Grpc,
    /// Where people and programs read, and agents report too.
    Http,
}

impl Port {
    /// The command line's name for it.
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

/// Why a collector does not start, or did not see what was waited for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An address that is not `IP:port`.
    #[error(
        "{value:?} is no address to listen on: write IP:port, such as 127.0.0.1:11800, [::1]:11800 or localhost:0 (port 0 takes a free one)"
    )]
    Address {
        /// What was given.
        value: String,
    },
    /// A limit that keeps nothing.
    #[error("{name} is 0, which would keep nothing: give 1 or more")]
    Limit {
        /// The limit's name.
        name: &'static str,
    },
    /// A token that no header can hold. It is not shown.
    #[error(
        "the token <hidden> is empty or has characters that no header can hold: give visible ASCII alone"
    )]
    Token,
    /// The file with the token can't be read.
    #[error("the token can't be read from {path}: {source}. Give the path of a text file that holds the token alone", path = .path.display())]
    TokenFile {
        /// What was given.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A token by file and by variable.
    #[error("SW_COLLECTOR_TOKEN is set and a file with a token is given: leave one of the two out")]
    TwoTokens,
    /// Whoever reaches this machine could report and read.
    #[error("{address} for {port} can be reached from other machines, and no token is asked for: set SW_COLLECTOR_TOKEN or --token-file, or listen on 127.0.0.1 by {}", .port.option())]
    TokenMissing {
        /// Which port.
        port: Port,
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// The operating system refused the address.
    #[error("can't listen on {address} for {port}: {source}. End the program that uses it, or choose another address with {} (port 0 takes a free one)", .port.option())]
    Bind {
        /// Which port.
        port: Port,
        /// The address that was asked for.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// [`crate::Collector::wait_for`] ran out of time.
    #[error(
        "what was waited for did not arrive within {waited:?}; so far: {stats}. Look at what the agent says of its reporting, or wait longer"
    )]
    Timeout {
        /// How long was waited.
        waited: Duration,
        /// What had arrived by then.
        stats: Box<Stats>,
    },
}
