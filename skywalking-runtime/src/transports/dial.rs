//! Opens connections to backends, for all transports.
//!
//! [`target`] finds the addresses of a host, for which [`resolver`] resolves names, and [`race`]
//! connects to one of them. [`unix`] connects to a Unix socket. `tls` secures a connection. Nothing
//! here knows HTTP or gRPC.

#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
mod problem;
mod race;
mod resolver;
mod target;
#[cfg(all(test, feature = "report-grpc", feature = "report-http"))]
mod tests;
#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
mod tls;
mod unix;

use std::fmt;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use crate::config::{Address, Checked, Host, Security, Target};
use crate::error::Error;

/// How long a connect may take in all.
pub(crate) const DEADLINE: Duration = Duration::from_secs(3);

/// An open connection: TCP, a Unix socket, or TLS over one of them.
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

impl Protocol {
    /// Returns its name in the handshake of any(feature = "tls-ring", feature = "tls-aws-lc").
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    fn alpn(self) -> &'static [u8] {
        match self {
            #[cfg(feature = "report-grpc")]
            Self::H2 => b"h2",
            #[cfg(feature = "report-http")]
            Self::Http1 => b"http/1.1",
        }
    }

    /// Returns true if a server must name it in the handshake of any(feature = "tls-ring", feature = "tls-aws-lc"). HTTP/2 requires that
    /// (RFC 9113 3.2), and servers of HTTP/1.1 often do not.
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    fn needs_alpn(self) -> bool {
        self.alpn() == b"h2"
    }
}

/// Opens connections to backends. A clone is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dialler {
    /// Set if an address uses any(feature = "tls-ring", feature = "tls-aws-lc").
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    tls: Option<tls::Tls>,
}

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
    /// The handshake of TLS failed.
    #[error("no connection by TLS: {0}")]
    Tls(String),
}

impl Dialler {
    /// Creates a dialler, and reads the files of certificates if an address uses TLS.
    ///
    /// # Errors
    /// If a file is missing or invalid.
    #[cfg_attr(
        not(any(feature = "tls-ring", feature = "tls-aws-lc")),
        allow(clippy::unnecessary_wraps, unused_variables, reason = "without TLS")
    )]
    pub(crate) fn new(config: &Checked) -> Result<Self, Error> {
        #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
        {
            let is_used = config.backends.iter().any(|address| address.security() == Security::Tls);
            let tls = is_used.then(|| tls::Tls::new(&config.tls)).transpose()?;
            Ok(Self { tls })
        }
        #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
        Ok(Self {})
    }

    /// Connects to a backend. Ends within [`DEADLINE`].
    pub(crate) async fn connect(
        &self,
        address: &Address,
        protocol: Protocol,
    ) -> Result<Stream, DialError> {
        let attempt = Attempt { deadline: Instant::now() + DEADLINE };
        // Also if the backend is away, so that a broken file is logged.
        #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
        if let (Security::Tls, Some(tls)) = (address.security(), &self.tls) {
            attempt.step("the read of the certificates", tls.refresh()).await?;
        }
        let stream = match address.target() {
            Target::Tcp { host, port } => attempt.tcp(host, *port).await?,
            Target::Unix(path) => {
                attempt.step("the connect", unix::open(path)).await?.map_err(DialError::Connect)?
            }
        };
        match address.security() {
            Security::Plain => Ok(stream),
            Security::Tls => self.secure(stream, address, protocol, attempt).await,
        }
    }

    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    async fn secure(
        &self,
        stream: Stream,
        address: &Address,
        protocol: Protocol,
        attempt: Attempt,
    ) -> Result<Stream, DialError> {
        let tls = self.tls.as_ref().ok_or_else(|| DialError::Tls("it is off".to_owned()))?;
        let handshake = tls.handshake(stream, address.target(), protocol);
        attempt.step("the handshake of TLS", handshake).await?.map_err(DialError::Tls)
    }

    /// Fails. The settings were checked: without TLS in the build, no address uses it.
    #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
    async fn secure(
        &self,
        _: Stream,
        _: &Address,
        _: Protocol,
        _: Attempt,
    ) -> Result<Stream, DialError> {
        Err(DialError::Tls("this build has none".to_owned()))
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
