//! Opens connections to backends, for all transports.
//!
//! [`target`] finds the addresses of a host, for which [`resolver`] resolves names and [`order`]
//! sorts their addresses. [`race`] connects to one of them by [`tcp`]. [`unix`] connects to a Unix
//! socket. [`proxy`] asks an HTTP proxy for a tunnel. `tls` secures a connection. Nothing here knows
//! gRPC.

#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
mod explained;
mod order;
#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
mod problem;
mod proxy;
mod race;
mod resolver;
mod target;
mod tcp;
#[cfg(all(test, feature = "report-grpc", feature = "report-http"))]
mod tests;
#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
mod tls;
mod unix;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use crate::config::{Address, Checked, Host, Proxy, Security, Target, Timing};
use crate::error::Error;

/// An open connection: TCP, a Unix socket, or TLS over one of them.
pub(crate) type Stream = Box<dyn Connection>;

/// Opens a TCP connection to an address.
pub(crate) type Open = fn(SocketAddr) -> Opening;
/// A TCP connection that is being opened.
pub(crate) type Opening = Pin<Box<dyn Future<Output = io::Result<Stream>> + Send>>;

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
    /// Returns its name in the handshake of TLS.
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    fn alpn(self) -> &'static [u8] {
        match self {
            #[cfg(feature = "report-grpc")]
            Self::H2 => b"h2",
            #[cfg(feature = "report-http")]
            Self::Http1 => b"http/1.1",
        }
    }

    /// Returns true if a server must name it in the handshake of TLS. HTTP/2 requires that
    /// (RFC 9113 3.2), and servers of HTTP/1.1 often do not.
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    fn needs_alpn(self) -> bool {
        self.alpn() == b"h2"
    }
}

/// Opens connections to backends. A clone is cheap.
#[derive(Clone, Debug)]
pub(crate) struct Dialler {
    /// Opens a TCP connection. Tests replace it.
    open: Open,
    /// How long a connect may take in all.
    within: Duration,
    /// The addresses that are reached through a proxy.
    proxies: Arc<[(Address, Proxy)]>,
    /// Set if an address uses TLS.
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    tls: Option<tls::Tls>,
}

/// Why there is no connection. No message contains a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    /// A step did not end in time.
    #[error("no connection within {} s: {step} has not ended", within.as_secs_f64())]
    Late { step: &'static str, within: Duration },
    /// The name has no address.
    #[error("the look-up of {host} failed: {error}")]
    LookUp { host: String, error: io::Error },
    /// No address accepts connections.
    #[error("no connection: {0}")]
    Connect(io::Error),
    /// The proxy made no tunnel.
    #[error("no connection through the proxy {proxy}: {problem}")]
    Proxy { proxy: String, problem: String },
    /// The handshake of TLS failed.
    #[error("no connection by TLS: {0}")]
    Tls(String),
}

impl Default for Dialler {
    fn default() -> Self {
        Self::with(tcp::open)
    }
}

impl Dialler {
    /// Creates a dialler without proxies and TLS that opens connections by this function.
    pub(crate) fn with(open: Open) -> Self {
        Self {
            open,
            within: Timing::default().connect_deadline,
            proxies: Arc::default(),
            #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
            tls: None,
        }
    }

    /// Creates a dialler, and reads the files of certificates if an address uses TLS.
    ///
    /// # Errors
    /// If a file is missing or invalid.
    pub(crate) fn new(config: &Checked) -> Result<Self, Error> {
        let all = config.backends.iter().cloned().zip(config.proxies.iter().cloned());
        let proxies = all.filter_map(|(address, proxy)| Some((address, proxy?))).collect();
        #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
        let is_used = config.backends.iter().any(|address| address.security() == Security::Tls);
        Ok(Self {
            open: tcp::open,
            within: config.timing.connect_deadline,
            proxies,
            #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
            tls: is_used.then(|| tls::Tls::new(&config.tls)).transpose()?,
        })
    }

    fn proxy(&self, address: &Address) -> Option<&Proxy> {
        self.proxies.iter().find(|(of, _)| of.is_same(address)).map(|(_, proxy)| proxy)
    }

    /// Connects to a backend. Ends within the deadline of the settings.
    pub(crate) async fn connect(
        &self,
        address: &Address,
        protocol: Protocol,
    ) -> Result<Stream, DialError> {
        let attempt = Attempt {
            within: self.within,
            deadline: Instant::now() + self.within,
            open: self.open,
            turn: address.turn(),
        };
        // Also if the backend is unreachable, so that a broken file is logged.
        #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
        if let (Security::Tls, Some(tls)) = (address.security(), &self.tls) {
            attempt.step("the read of the certificates", tls.refresh()).await?;
        }
        let stream = match address.target() {
            Target::Tcp { host, port } => match self.proxy(address) {
                Some(proxy) => attempt.through(proxy, &address.authority()).await?,
                None => attempt.tcp(host, *port).await?,
            },
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
    within: Duration,
    deadline: Instant,
    open: Open,
    /// The number of failures before.
    turn: usize,
}

impl Attempt {
    async fn step<R>(
        self,
        name: &'static str,
        work: impl Future<Output = R>,
    ) -> Result<R, DialError> {
        timeout_at(self.deadline, work)
            .await
            .map_err(|_| DialError::Late { step: name, within: self.within })
    }

    /// Connects to a backend through a proxy.
    async fn through(self, proxy: &Proxy, target: &str) -> Result<Stream, DialError> {
        let failed =
            |problem| DialError::Proxy { proxy: format!("{}:{}", proxy.host, proxy.port), problem };
        let connect = self.tcp(&proxy.host, proxy.port).await;
        let mut stream = connect.map_err(|error| failed(error.to_string()))?;
        let tunnel = proxy::tunnel(&mut stream, proxy, target);
        self.step("the answer of the proxy", tunnel).await?.map_err(failed)?;
        Ok(stream)
    }

    async fn tcp(self, host: &Host, port: u16) -> Result<Stream, DialError> {
        let addresses = self
            .step("the look-up of the name", target::addresses(host, port, self.turn))
            .await?
            .map_err(|error| DialError::LookUp { host: host.to_string(), error })?;
        let stream = self.step("the connect", race::first_of(addresses, self.open)).await?;
        stream.map_err(DialError::Connect)
    }
}
