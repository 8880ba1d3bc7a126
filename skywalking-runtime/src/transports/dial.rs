//! Opens connections to backends, for all transports.
//!
//! [`target`] finds the addresses of a host, for which [`resolver`] resolves names, and [`race`]
//! connects to one of them. [`unix`] connects to a Unix socket. Nothing here knows HTTP or gRPC.

mod race;
mod resolver;
mod target;
#[cfg(all(test, feature = "report-grpc", feature = "report-http"))]
mod tests;
mod unix;

use std::fmt;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use crate::config::{Address, Host, Target};

/// How long a connect may take in all.
pub(crate) const DEADLINE: Duration = Duration::from_secs(3);

/// An open connection, over TCP or a Unix socket.
pub(crate) type Stream = Box<dyn Connection>;

/// What a connection can do.
pub(crate) trait Connection: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin> Connection for T {}

/// The protocol for which a connection is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/2, for gRPC.
    #[cfg(feature = "report-grpc")]
    H2,
    /// HTTP/1.1.
    #[cfg(feature = "report-http")]
    Http1,
}

/// Opens connections to backends. A clone is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dialler {}

/// Why there is no connection. No message contains a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    /// A step did not end in time.
    #[error("no connection within {} s: {step} has not ended", DEADLINE.as_secs())]
    Late { step: &'static str },
    /// The name has no address.
    #[error("the look-up of {host} failed: {error}")]
    LookUp { host: String, error: io::Error },
    /// No address accepts connections.
    #[error("no connection: {0}")]
    Connect(io::Error),
}

impl Dialler {
    /// Connects to a backend. Ends within [`DEADLINE`].
    pub(crate) async fn connect(
        &self,
        address: &Address,
        _protocol: Protocol,
    ) -> Result<Stream, DialError> {
        let attempt = Attempt { deadline: Instant::now() + DEADLINE };
        match address.target() {
            Target::Tcp { host, port } => attempt.tcp(host, *port).await,
            Target::Unix(path) => {
                attempt.step("the connect", unix::open(path)).await?.map_err(DialError::Connect)
            }
        }
    }
}

/// One connect, whose steps share a deadline.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    deadline: Instant,
}

impl Attempt {
    async fn step<R>(
        self,
        name: &'static str,
        work: impl Future<Output = R>,
    ) -> Result<R, DialError> {
        timeout_at(self.deadline, work).await.map_err(|_| DialError::Late { step: name })
    }

    async fn tcp(self, host: &Host, port: u16) -> Result<Stream, DialError> {
        let addresses = self
            .step("the look-up of the name", target::addresses(host, port))
            .await?
            .map_err(|error| DialError::LookUp { host: host.to_string(), error })?;
        let stream = self.step("the connect", race::first_of(addresses)).await?;
        Ok(Box::new(stream.map_err(DialError::Connect)?))
    }
}
