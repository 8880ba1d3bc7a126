//! The collector as a whole: built, started, read and ended.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::config::{DEFAULT_GRPC_ADDR, DEFAULT_HTTP_ADDR, Limits, Timeouts, parse_address};
use crate::error::{Error, Port};
use crate::shared::Shared;
use crate::store::{InstanceView, ServiceView, Stats};
use crate::token::Token;
use crate::topology::Topology;
use crate::trace::{Arrivals, TraceQuery, TraceSummary, TraceView, ViolationView};
use crate::{grpc, http};

/// How long open connections may take to end.
const GRACE: Duration = Duration::from_secs(1);

/// What a collector is started with. Made by [`Collector::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    grpc_addr: String,
    http_addr: String,
    limits: Limits,
    timeouts: Timeouts,
    token: Option<String>,
}

impl std::fmt::Debug for Builder {
    /// Without the token.
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
    /// Where agents report: `IP:port` or `localhost:port`; port 0 takes a free one. By default
    /// [`DEFAULT_GRPC_ADDR`].
    pub fn grpc_addr(mut self, address: impl Into<String>) -> Self {
        self.grpc_addr = address.into();
        self
    }

    /// Where JSON is read, and agents report too, in the same form. By default
    /// [`DEFAULT_HTTP_ADDR`].
    pub fn http_addr(mut self, address: impl Into<String>) -> Self {
        self.http_addr = address.into();
        self
    }

    /// How much is kept.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long connections may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Asks for this token on both ports: a gRPC call whose metadata `authentication` is another
    /// ends with `PERMISSION_DENIED`, as an OAP with `SW_AUTHENTICATION` does it, and an HTTP
    /// request whose header of that name is another with 401, to read and to report, but for
    /// `/healthcheck`.
    pub fn require_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Listens and serves, on the tokio runtime that this is called in.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Limit`] and [`Error::Token`] for what can't be meant,
    /// [`Error::TokenMissing`] for an address that others reach while no token is asked for,
    /// [`Error::Bind`] for an address that can't be had.
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
        let shared = Arc::new(Shared::new(limits, timeouts, token));
        let servers = vec![
            spawn(grpc::serve(grpc, Arc::clone(&shared))),
            spawn(http::serve(http, http_addr, Arc::clone(&shared))),
        ];
        Ok(Collector { shared, grpc_addr, http_addr, servers })
    }
}

async fn bind(port: Port, address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let refused = |source| Error::Bind { port, address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// A server ends when the collector does. Its result says no more: both go on after a failed
/// connection.
fn spawn<E>(server: impl Future<Output = Result<(), E>> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(async move { drop(server.await) })
}

/// A running collector. It ends when it is dropped; [`Collector::shutdown`] waits for its
/// connections to end.
#[derive(Debug)]
pub struct Collector {
    shared: Arc<Shared>,
    grpc_addr: SocketAddr,
    http_addr: SocketAddr,
    servers: Vec<JoinHandle<()>>,
}

impl Collector {
    /// A collector on the default ports of this machine, with the default limits.
    pub fn builder() -> Builder {
        Builder {
            grpc_addr: DEFAULT_GRPC_ADDR.to_owned(),
            http_addr: DEFAULT_HTTP_ADDR.to_owned(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            token: None,
        }
    }

    /// Where agents report, with the port that was taken.
    pub const fn grpc_addr(&self) -> SocketAddr {
        self.grpc_addr
    }

    /// Where JSON is read, and agents report too, with the port that was taken.
    pub const fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// What arrived and what became of it.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// The newest traces, by start.
    pub fn traces(&self, query: &TraceQuery) -> Vec<TraceSummary> {
        self.shared.traces(query)
    }

    /// Returns the traces of which something arrived after `after`: 0 at first, then what the last
    /// call gave as [`Arrivals::upto`]. Of more than `limit` those that arrived last are given,
    /// whatever their dates are, and the others are counted.
    pub fn arrivals(&self, after: u64, limit: usize) -> Arrivals {
        self.shared.arrivals(after, limit)
    }

    /// One trace; `None` if no segment of it is stored.
    pub fn trace(&self, trace_id: &str) -> Option<TraceView> {
        self.shared.trace(trace_id)
    }

    /// The services that the OAP would list: those with an entry span or a ping.
    pub fn services(&self) -> Vec<ServiceView> {
        self.shared.services()
    }

    /// Everyone who was heard of, with properties and last ping.
    pub fn instances(&self) -> Vec<InstanceView> {
        self.shared.instances()
    }

    /// What the stored segments break of the wire's rules, the segment that arrived last first. A
    /// query chooses by the segment's own service, and its limit counts violations.
    pub fn violations(&self, query: &TraceQuery) -> Vec<ViolationView> {
        self.shared.violations(query)
    }

    /// The map of services, made from what is stored now.
    pub fn topology(&self) -> Topology {
        self.shared.topology()
    }

    /// Comes back when the condition holds: it is looked at now and after each arrival, never by
    /// the clock. The bound on the time is for what never comes.
    ///
    /// # Errors
    /// [`Error::Timeout`], with what had arrived by then.
    pub async fn wait_for(
        &self,
        mut condition: impl FnMut(&Self) -> bool,
        timeout: Duration,
    ) -> Result<(), Error> {
        let mut changes = self.shared.changes();
        let arrived = async {
            loop {
                changes.mark_unchanged();
                if condition(self) {
                    return;
                }
                if changes.changed().await.is_err() {
                    // Nobody is left who could change anything.
                    std::future::pending::<()>().await;
                }
            }
        };
        let waited = tokio::time::timeout(timeout, arrived).await;
        waited.map_err(|_| Error::Timeout { waited: timeout, stats: Box::new(self.stats()) })
    }

    /// Ends it: no new connection is taken, open calls end with `UNAVAILABLE`, and what does not
    /// end within a second is cut off. Gives the last numbers.
    pub async fn shutdown(mut self) -> Stats {
        self.shared.stop();
        let mut ending = JoinSet::new();
        for mut server in self.servers.drain(..) {
            ending.spawn(async move {
                if tokio::time::timeout(GRACE, &mut server).await.is_err() {
                    server.abort();
                }
            });
        }
        ending.join_all().await;
        self.shared.stats()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.shared.stop();
        for server in &self.servers {
            server.abort();
        }
    }
}
