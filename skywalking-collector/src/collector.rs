//! Building, starting, querying and shutting down a collector.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::api::{
    InstanceView, NewTraces, ServiceView, Stats, Topology, TraceQuery, TraceSummary, TraceView,
    ViolationView,
};
use crate::auth::Token;
use crate::config::{DEFAULT_GRPC_ADDR, DEFAULT_HTTP_ADDR, Limits, Timeouts, parse_address};
use crate::error::{Error, Port};
use crate::state::CollectorState;
use crate::{grpc, http};

/// How long open connections have to end at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

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
///     .token("secret")
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
    token: Option<String>,
}

/// Hides the token.
impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("grpc_addr", &self.grpc_addr)
            .field("http_addr", &self.http_addr)
            .field("limits", &self.limits)
            .field("timeouts", &self.timeouts)
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
    /// before it is decoded, and a segment that exceeds the limit alone is refused. The default is
    /// 512 MiB.
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

    /// Requires this token on both ports, as header or metadata `authentication`.
    ///
    /// Without the token a gRPC call ends with `PERMISSION_DENIED`, as in an OAP with
    /// `SW_AUTHENTICATION`, and an HTTP request with 401. `/healthcheck` needs no token. A token is
    /// required to listen on an address that is not loopback.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Binds both ports and serves them on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Address`], [`Error::Limit`] or [`Error::Token`] for an invalid setting,
    /// [`Error::TokenMissing`] for an address that is reachable from other machines without a
    /// token, and [`Error::Bind`] if an address can't be bound.
    pub async fn start(self) -> Result<Collector, Error> {
        let Self { grpc_addr, http_addr, limits, timeouts, token } = self;
        limits.validate()?;
        let (grpc_addr, http_addr) = (parse_address(&grpc_addr)?, parse_address(&http_addr)?);
        let token = token.map(Token::new).transpose()?;
        for (port, address) in [(Port::Grpc, grpc_addr), (Port::Http, http_addr)] {
            if token.is_none() && !address.ip().to_canonical().is_loopback() {
                return Err(Error::TokenMissing { port, address });
            }
        }
        let (grpc, grpc_addr) = bind(Port::Grpc, grpc_addr).await?;
        let (http, http_addr) = bind(Port::Http, http_addr).await?;
        let state = Arc::new(CollectorState::new(limits, timeouts, token));
        let servers = vec![
            tokio::spawn(grpc::serve(grpc, Arc::clone(&state))),
            tokio::spawn(http::serve(http, http_addr, Arc::clone(&state))),
        ];
        Ok(Collector { state, grpc_addr, http_addr, servers })
    }
}

async fn bind(port: Port, address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Bind { port, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// A running collector.
///
/// Dropping it stops the servers at once. [`Collector::shutdown`] waits for open connections.
#[derive(Debug)]
pub struct Collector {
    state: Arc<CollectorState>,
    grpc_addr: SocketAddr,
    http_addr: SocketAddr,
    servers: Vec<JoinHandle<()>>,
}

impl Collector {
    /// Returns a builder with the default addresses, limits and timeouts, and without a token.
    pub fn builder() -> Builder {
        Builder {
            grpc_addr: DEFAULT_GRPC_ADDR.to_owned(),
            http_addr: DEFAULT_HTTP_ADDR.to_owned(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            token: None,
        }
    }

    /// Returns the address for reports by gRPC, with the port that was bound.
    pub const fn grpc_addr(&self) -> SocketAddr {
        self.grpc_addr
    }

    /// Returns the address for queries and for reports over HTTP, with the port that was bound.
    pub const fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Returns the counters.
    pub fn stats(&self) -> Stats {
        self.state.stats()
    }

    /// Returns the traces with the latest start first.
    pub fn traces(&self, query: &TraceQuery) -> Vec<TraceSummary> {
        self.state.traces(query)
    }

    /// Returns the traces that arrived or grew since an earlier call.
    ///
    /// Pass 0 at first, then [`NewTraces::cursor`] of the last call. Of more than `limit` traces
    /// the ones with the latest arrival are returned, and the others are counted.
    pub fn traces_since(&self, cursor: u64, limit: usize) -> NewTraces {
        self.state.traces_since(cursor, limit)
    }

    /// Returns a trace, or `None` if no segment of it is stored.
    pub fn trace(&self, trace_id: &str) -> Option<TraceView> {
        self.state.trace(trace_id)
    }

    /// Returns the services that the OAP would list: those with an entry span or a ping.
    pub fn services(&self) -> Vec<ServiceView> {
        self.state.services()
    }

    /// Returns all known instances, with their properties and last ping.
    pub fn instances(&self) -> Vec<InstanceView> {
        self.state.instances()
    }

    /// Returns the protocol violations of the stored segments, the latest arrival first. The query
    /// selects by the service of the segment, and its limit is the number of violations.
    pub fn violations(&self, query: &TraceQuery) -> Vec<ViolationView> {
        self.state.violations(query)
    }

    /// Returns the service map of the stored traces.
    pub fn topology(&self) -> Topology {
        self.state.topology()
    }

    /// Waits until the condition holds. It is checked now and after each report, so the wait ends
    /// without delay.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use skywalking_collector::Collector;
    /// # #[tokio::main] async fn main() -> Result<(), skywalking_collector::Error> {
    /// # let collector =
    /// #     Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0").start().await?;
    /// let arrived = collector
    ///     .wait_for(|c| c.stats().segments_accepted >= 1, Duration::from_millis(5))
    ///     .await;
    /// assert!(arrived.is_err(), "nothing was reported");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Timeout`] with the counters if the condition doesn't hold in time.
    pub async fn wait_for(
        &self,
        mut condition: impl FnMut(&Self) -> bool,
        timeout: Duration,
    ) -> Result<(), Error> {
        let mut changes = self.state.changes();
        let met = async {
            loop {
                changes.mark_unchanged();
                if condition(self) {
                    return;
                }
                if changes.changed().await.is_err() {
                    // The sender is gone, so nothing changes any more.
                    std::future::pending::<()>().await;
                }
            }
        };
        let waited = tokio::time::timeout(timeout, met).await;
        waited.map_err(|_| Error::Timeout { waited: timeout, stats: Box::new(self.stats()) })
    }

    /// Shuts the collector down and returns the final counters. Open calls end with `UNAVAILABLE`,
    /// and connections that are open after one second are closed.
    pub async fn shutdown(mut self) -> Stats {
        self.state.shutdown().start();
        let mut ending = JoinSet::new();
        for mut server in self.servers.drain(..) {
            ending.spawn(async move {
                if tokio::time::timeout(SHUTDOWN_GRACE, &mut server).await.is_err() {
                    server.abort();
                }
            });
        }
        ending.join_all().await;
        self.state.stats()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.state.shutdown().start();
        for server in &self.servers {
            server.abort();
        }
    }
}
