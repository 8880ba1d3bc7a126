//! Querying and shutting down a collector.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};

use crate::api::{
    EventQuery, EventView, Found, Histogram, InstanceView, LogPage, LogQuery, MeterQuery,
    MeterView, NewTraces, ServiceView, Stats, TagKey, TagValue, TimeRange, Topology, TracePage,
    TraceQuery, TraceSummary, TraceView, ViolationView,
};
use crate::budget::Unlimited;
use crate::error::Error;
use crate::query::LogDetail;
use crate::state::CollectorState;

/// How long open connections have to end at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

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
    pub(crate) fn new(
        state: Arc<CollectorState>,
        grpc_addr: SocketAddr,
        http_addr: SocketAddr,
        servers: Vec<JoinHandle<()>>,
    ) -> Self {
        Self { state, grpc_addr, http_addr, servers }
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

    /// Returns the traces that match, in the order of the query.
    pub fn traces(&self, query: &TraceQuery) -> Vec<TraceSummary> {
        self.search(query).traces
    }

    /// Returns a page of the traces that match, their number, and the position of the next page.
    ///
    /// ```
    /// # use skywalking_collector::{Collector, TraceQuery};
    /// # #[tokio::main] async fn main() -> Result<(), skywalking_collector::Error> {
    /// # let collector =
    /// #     Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0").start().await?;
    /// let query = TraceQuery::new().service("shop").limit(100);
    /// let mut page = collector.search(&query);
    /// while let Some(next) = page.next {
    ///     page = collector.search(&query.clone().after(next));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn search(&self, query: &TraceQuery) -> TracePage {
        let Ok(found) = self.state.search(query, &mut Unlimited);
        found
    }

    /// Returns when the traces that match started, and how long they took, in at most `buckets`
    /// parts of equal length. Sorting, limit and cursor of the query have no effect.
    ///
    /// ```
    /// # use skywalking_collector::{Collector, TraceQuery};
    /// # #[tokio::main] async fn main() -> Result<(), skywalking_collector::Error> {
    /// # let collector =
    /// #     Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0").start().await?;
    /// let histogram = collector.histogram(&TraceQuery::new().service("shop"), 60);
    /// let failed: usize = histogram.buckets.iter().map(|bucket| bucket.errors).sum();
    /// assert_eq!(failed, 0);
    /// # Ok(()) }
    /// ```
    pub fn histogram(&self, query: &TraceQuery, buckets: usize) -> Histogram {
        let Ok(found) = self.state.histogram(query, buckets, &mut Unlimited);
        found
    }

    /// Returns the keys of tags, those of most traces first, at most 1 000. With a service, only its
    /// traces count.
    pub fn tag_keys(&self, service: Option<&str>) -> Vec<TagKey> {
        let Ok(found) = self.state.tag_keys(service, &mut Unlimited);
        found
    }

    /// Returns at most `limit` values of the tags with this key, those of most traces first. With a
    /// service, only its traces count.
    pub fn tag_values(&self, key: &str, service: Option<&str>, limit: usize) -> Vec<TagValue> {
        let Ok(found) = self.state.tag_values(key, service, limit, &mut Unlimited);
        found
    }

    /// Returns the traces whose id starts with the text, and the services and endpoints whose names
    /// contain it in any case, at most `limit` of each.
    pub fn find(&self, text: &str, limit: usize) -> Found {
        let Ok(found) = self.state.find(text, limit, &mut Unlimited);
        found
    }

    /// Returns the traces that arrived or grew since an earlier call.
    ///
    /// Pass 0 at first, then [`NewTraces::cursor`] of the last call. Of more than `limit` traces
    /// the ones with the latest arrival are returned, and the others are counted.
    pub fn traces_since(&self, cursor: u64, limit: usize) -> NewTraces {
        let query = TraceQuery::new();
        let Ok(found) = self.state.traces_since(&query, None, cursor, limit, &mut Unlimited);
        found
    }

    /// Returns a trace, or `None` if no segment of it is stored.
    pub fn trace(&self, trace_id: &str) -> Option<TraceView> {
        self.state.trace(trace_id)
    }

    /// Returns a page of the reported logs that match, their number, and the position of the next
    /// page.
    ///
    /// ```
    /// # use skywalking_collector::{Collector, LogQuery};
    /// # #[tokio::main] async fn main() -> Result<(), skywalking_collector::Error> {
    /// # let collector =
    /// #     Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0").start().await?;
    /// let errors = collector.logs(&LogQuery::new().service("shop").level("ERROR"));
    /// assert_eq!(errors.matched, 0);
    /// # Ok(()) }
    /// ```
    pub fn logs(&self, query: &LogQuery) -> LogPage {
        let Ok(found) = self.state.logs(query, LogDetail::Whole, &mut Unlimited);
        found
    }

    /// Returns the series of the reported meters that match.
    pub fn meters(&self, query: &MeterQuery) -> Vec<MeterView> {
        let Ok(found) = self.state.meters(query, &mut Unlimited);
        found
    }

    /// Returns the reported events that match, the latest first.
    pub fn events(&self, query: &EventQuery) -> Vec<EventView> {
        let Ok(found) = self.state.events(query, &mut Unlimited);
        found
    }

    /// Returns the known services with the requests that they received.
    pub fn services(&self) -> Vec<ServiceView> {
        let Ok(found) = self.state.services(TimeRange::default(), &mut Unlimited);
        found
    }

    /// Returns all known instances, with their properties, last ping and requests.
    pub fn instances(&self) -> Vec<InstanceView> {
        let Ok(found) = self.state.instances(None, TimeRange::default(), &mut Unlimited);
        found
    }

    /// Returns the protocol violations of the stored segments, the latest arrival first. The query
    /// selects by the service of the segment, and its limit is the number of violations.
    pub fn violations(&self, query: &TraceQuery) -> Vec<ViolationView> {
        let Ok(found) = self.state.violations(query, &mut Unlimited);
        found
    }

    /// Returns the service map. It includes calls of evicted traces while their metrics are stored.
    pub fn topology(&self) -> Topology {
        let Ok(found) = self.state.topology(TimeRange::default(), &mut Unlimited);
        found
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
