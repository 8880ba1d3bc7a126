//! Configuring and starting a collector.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::auth::Token;
use crate::collector::Collector;
use crate::config::{
    DEFAULT_GRPC_ADDR, DEFAULT_HTTP_ADDR, Limits, Timeouts, parse_address, parse_host,
};
use crate::error::{Error, Port};
use crate::server::{Acceptor, Protocol, TlsFiles};
use crate::state::{Addresses, CollectorState};
use crate::{grpc, http};

/// Configures and starts a [`Collector`]. Created by [`Collector::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use skywalking_collector::Collector;
///
/// # #[tokio::main] async fn main() -> Result<(), skywalking_collector::Error> {
/// let collector = Collector::builder()
///     .grpc_addr("127.0.0.1:0")
///     .http_addr("127.0.0.1:0")
///     .max_spans(10_000)
///     .idle_timeout(Duration::from_secs(60))
///     .token("s3cret")
///     .start()
///     .await?;
/// # drop(collector);
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    grpc_addr: String,
    http_addr: String,
    limits: Limits,
    timeouts: Timeouts,
    allowed_hosts: Vec<String>,
    token: Option<String>,
    tls: Option<TlsFiles>,
    tls_client_ca: Option<PathBuf>,
}

/// Hides the token.
impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("grpc_addr", &self.grpc_addr)
            .field("http_addr", &self.http_addr)
            .field("limits", &self.limits)
            .field("timeouts", &self.timeouts)
            .field("allowed_hosts", &self.allowed_hosts)
            .field("tls", &self.tls)
            .field("tls_client_ca", &self.tls_client_ca)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Sets the address for reports by gRPC: `IP:port` or `localhost:port`. Port 0 selects a free
    /// port. The default is [`DEFAULT_GRPC_ADDR`].
    pub fn grpc_addr(mut self, address: impl Into<String>) -> Self {
        self.grpc_addr = address.into();
        self
    }

    /// Sets the address for queries and for reports over HTTP, in the same form. The default is
    /// [`DEFAULT_HTTP_ADDR`].
    pub fn http_addr(mut self, address: impl Into<String>) -> Self {
        self.http_addr = address.into();
        self
    }

    /// Sets the largest number of stored spans. The oldest traces are evicted. The default is
    /// 500 000.
    pub const fn max_spans(mut self, spans: usize) -> Self {
        self.limits.max_spans = spans;
        self
    }

    /// Sets the largest memory of the stored traces, in bytes. The memory of a segment is estimated
    /// before it is decoded, and a segment that exceeds the limit alone is refused. The metrics can
    /// have an eighth of it in addition, and the slow statements a thirty-second; each at least
    /// 64 KiB. The default is 512 MiB.
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_bytes = bytes;
        self
    }

    /// Sets the largest number of instances of all services. Their names and properties can have a
    /// sixteenth of `max_bytes`, and at least 64 KiB. The default is 10 000.
    pub const fn max_instances(mut self, instances: usize) -> Self {
        self.limits.max_instances = instances;
        self
    }

    /// Sets the largest memory of messages that are read and responses that are written on both
    /// ports, in bytes. A larger one is handled when nothing else is in flight. The default is
    /// 256 MiB.
    pub const fn max_in_flight(mut self, bytes: usize) -> Self {
        self.limits.max_in_flight = bytes;
        self
    }

    /// Sets the largest number of connections on both ports. At the limit, the connection that has
    /// been idle the longest is closed. The default is 1 000.
    pub const fn max_connections(mut self, connections: usize) -> Self {
        self.limits.max_connections = connections;
        self
    }

    /// Closes connections that send no whole request head within this time. The default is 30 s.
    pub const fn request_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.request = timeout;
        self
    }

    /// Limits the time from the first byte of a gRPC message to the last. The default is 60 s.
    pub const fn message_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.message = timeout;
        self
    }

    /// Closes connections whose client doesn't read the next chunk of a response within this time.
    /// The default is 30 s.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.response = timeout;
        self
    }

    /// Closes connections that are idle for this time between two requests, or two messages of a
    /// stream. The default is 300 s.
    pub const fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.idle = timeout;
        self
    }

    /// Allows pages and queries under this name, in addition to loopback addresses, `localhost` and
    /// the address of the port. Call it once for each name: a DNS name or an IP address without a
    /// port. The check protects from DNS rebinding. It doesn't apply to the paths for reports.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into());
        self
    }

    /// Requires this token on both ports, as header or metadata `authentication`.
    ///
    /// Without the token a gRPC call ends with `PERMISSION_DENIED`, as in an OAP with
    /// `SW_AUTHENTICATION`, and an HTTP request with 401. `/healthcheck` needs no token. A token is
    /// required to listen on an address that is not loopback.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Serves both ports by TLS, with the certificate and the key of these PEM files. The first file
    /// has the certificate, followed by the intermediate ones. They are read at the start. Requires
    /// the feature `tls-ring` or `tls-aws-lc`.
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        let (certificate, key) = (certificate.into(), key.into());
        self.tls = Some(TlsFiles { certificate, key, client_ca: None });
        self
    }

    /// Requires client certificates of the authorities in this PEM file, on both ports (mutual
    /// TLS). Needs [`tls`](Self::tls).
    pub fn tls_client_ca(mut self, authorities: impl Into<PathBuf>) -> Self {
        self.tls_client_ca = Some(authorities.into());
        self
    }

    /// Binds both ports and serves them on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Address`], [`Error::Host`], [`Error::Limit`], [`Error::Token`],
    /// [`Error::TlsFile`] or [`Error::TlsClientCa`] for an invalid setting, [`Error::TlsUnsupported`]
    /// without a feature for TLS, [`Error::TokenMissing`] for an address that is reachable from other machines without a
    /// token, and [`Error::Bind`] if an address can't be bound.
    pub async fn start(self) -> Result<Collector, Error> {
        let Self {
            grpc_addr,
            http_addr,
            limits,
            timeouts,
            allowed_hosts,
            token,
            mut tls,
            tls_client_ca,
        } = self;
        limits.validate()?;
        let allowed_hosts =
            allowed_hosts.iter().map(|name| parse_host(name)).collect::<Result<Vec<_>, _>>()?;
        let (grpc_addr, http_addr) = (parse_address(&grpc_addr)?, parse_address(&http_addr)?);
        let token = token.map(Token::new).transpose()?;
        for (port, address) in [(Port::Grpc, grpc_addr), (Port::Http, http_addr)] {
            if token.is_none() && !address.ip().to_canonical().is_loopback() {
                return Err(Error::TokenMissing { port, address });
            }
        }
        if let Some(authorities) = tls_client_ca {
            tls.as_mut().ok_or(Error::TlsClientCa)?.client_ca = Some(authorities);
        }
        let grpc_acceptor = Acceptor::new(tls.as_ref(), Protocol::H2)?;
        let http_acceptor = Acceptor::new(tls.as_ref(), Protocol::Http1)?;
        let (grpc, grpc_addr) = bind(Port::Grpc, grpc_addr).await?;
        let (http, http_addr) = bind(Port::Http, http_addr).await?;
        let addresses = Addresses { grpc: grpc_addr, http: http_addr };
        let state = Arc::new(CollectorState::new(addresses, limits, timeouts, token));
        let servers = vec![
            tokio::spawn(grpc::serve(grpc, grpc_acceptor, Arc::clone(&state))),
            tokio::spawn(http::serve(
                http,
                http_acceptor,
                http_addr,
                allowed_hosts,
                Arc::clone(&state),
            )),
        ];
        Ok(Collector::new(state, grpc_addr, http_addr, servers))
    }
}

async fn bind(port: Port, address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Bind { port, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

impl Collector {
    /// Returns a builder with the default addresses, limits and timeouts, and without a token.
    pub fn builder() -> Builder {
        Builder {
            grpc_addr: DEFAULT_GRPC_ADDR.to_owned(),
            http_addr: DEFAULT_HTTP_ADDR.to_owned(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            allowed_hosts: Vec::new(),
            token: None,
            tls: None,
            tls_client_ca: None,
        }
    }
}
