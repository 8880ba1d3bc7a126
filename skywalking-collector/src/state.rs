//! The state that both servers and the [`Collector`](crate::Collector) share.
//!
//! The store's lock is held only to look up or to insert. It is not held while a message is
//! decoded, a tree is built or a response is written.

mod record_queries;
mod records;
mod search;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, watch};

use crate::api::{
    About, AboutLimits, EndpointView, InstanceView, NotKept, RuleView, SeriesView, ServiceView,
    Skeleton, SpanDetails, StatementKind, StatementView, Stats, TimeRange, Topology, TraceQuery,
    TraceView, ViolationView,
};
use crate::auth::Token;
use crate::budget::{Budget, Memory};
use crate::config::{Limits, Timeouts};
use crate::query::{MAX_REFERRERS, SeriesOf};
use crate::segment_error::SegmentError;
use crate::server::Connections;
use crate::shutdown::Shutdown;
use crate::store::Store;
use crate::{decode, query, validate};
pub(crate) use records::LogStream;

/// The largest number of query responses that are built at a time. Each can be a copy of a large
/// part of the store.
const CONCURRENT_RESPONSES: usize = 4;

/// The number of cells of metrics that are read while the store is locked.
const CELLS_STEP: usize = 10_000;

/// The largest number of live streams. Each has a task and at most one batch of lines.
pub(crate) const LIVE_STREAMS: usize = 32;

/// The memory of a point of a series or of a bucket of a histogram, without its durations.
const POINT_BYTES: usize = 256;

/// The memory that a query of one trace needs for each span, in addition to that of the trace.
const BYTES_PER_ROW: usize = 256;

/// The bound addresses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
}

#[derive(Debug)]
pub(crate) struct CollectorState {
    addresses: Addresses,
    /// The start of the collector, in epoch milliseconds.
    started_at: i64,
    limits: Limits,
    store: Mutex<Store>,
    /// Counts changes of the store, and wakes the tasks that wait for one.
    changes: watch::Sender<u64>,
    shutdown: Arc<Shutdown>,
    token: Option<Token>,
    budget: Arc<Budget>,
    connections: Arc<Connections>,
    response_permits: Arc<Semaphore>,
    live_permits: Arc<Semaphore>,
}

impl CollectorState {
    pub(crate) fn new(
        addresses: Addresses,
        limits: Limits,
        timeouts: Timeouts,
        token: Option<Token>,
    ) -> Self {
        Self {
            addresses,
            started_at: now(),
            limits,
            store: Mutex::new(Store::new(limits)),
            changes: watch::Sender::new(0),
            shutdown: Arc::default(),
            token,
            budget: Budget::new(limits.max_in_flight),
            connections: Connections::new(limits.max_connections, timeouts),
            response_permits: Arc::new(Semaphore::new(CONCURRENT_RESPONSES)),
            live_permits: Arc::new(Semaphore::new(LIVE_STREAMS)),
        }
    }

    pub(crate) const fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    pub(crate) const fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    pub(crate) const fn shutdown(&self) -> &Arc<Shutdown> {
        &self.shutdown
    }

    pub(crate) const fn response_permits(&self) -> &Arc<Semaphore> {
        &self.response_permits
    }

    pub(crate) const fn live_permits(&self) -> &Arc<Semaphore> {
        &self.live_permits
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns whether the received value is the token, or no token is required.
    pub(crate) fn is_authorized(&self, received: Option<&[u8]>) -> bool {
        self.token.as_ref().is_none_or(|token| token.matches(received.unwrap_or_default()))
    }

    /// Locks the store. A poisoned lock is entered: every change leaves the store consistent.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let result = change(&mut self.store());
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
        result
    }

    /// Decodes, validates and stores a segment. Counts it as refused on an error.
    pub(crate) fn add_segment(&self, bytes: &[u8]) -> Result<(), SegmentError> {
        let now = now();
        let validated = decode::segment(bytes, self.limits.max_bytes).and_then(|mut decoded| {
            // A segment without spans is ignored, so its violations don't matter.
            let empty = decoded.segment.spans.is_empty();
            let violations =
                if empty { Vec::new() } else { validate::segment(&decoded.segment, now)? };
            decoded.bytes = decoded.bytes.saturating_add(validate::memory(&violations));
            Ok((decoded, violations))
        });
        self.change(|store| {
            validated
                .and_then(|(decoded, violations)| store.insert(decoded, violations, now))
                .inspect_err(|_| store.count_refused())
        })
    }

    /// Counts a message that can't be read as a refused segment.
    pub(crate) fn count_refused(&self) {
        self.change(Store::count_refused);
    }

    /// Counts messages of a kind that is not stored.
    pub(crate) fn count_not_kept(&self, kind: NotKept, count: u64) {
        self.change(|store| store.count_not_kept(kind, count));
    }

    /// Counts a refused report of properties, or a refused ping.
    pub(crate) fn count_management_refused(&self) {
        self.change(Store::count_management_refused);
    }

    pub(crate) fn record_properties(
        &self,
        service: &str,
        instance: &str,
        properties: Vec<(String, String)>,
    ) {
        self.change(|store| store.record_properties(service, instance, properties, now()));
    }

    pub(crate) fn record_ping(&self, service: &str, instance: &str, layer: &str) {
        self.change(|store| store.record_ping(service, instance, layer, now()));
    }

    /// Passes all series to the reader. The store is not locked all the time. The memory of the
    /// reader is reserved in steps: a step exceeds the budget by at most a series.
    fn read<R: query::Reader, M: Memory>(
        &self,
        mut reader: R,
        memory: &mut M,
    ) -> Result<R, M::Error> {
        let mut next = Some(0);
        while let Some(from) = next {
            let mut bytes = 0;
            next = self.store().metrics().visit(from, CELLS_STEP, |series| {
                let taken = reader.add(&series);
                bytes += taken;
                taken
            });
            memory.take(bytes)?;
        }
        Ok(reader)
    }

    pub(crate) fn services<M: Memory>(
        &self,
        range: TimeRange,
        memory: &mut M,
    ) -> Result<Vec<ServiceView>, M::Error> {
        let reader = self.read(query::Services::new(range), memory)?;
        let (known, violations) = {
            let store = self.store();
            memory.take(2 * store.registry_bytes() + store.rule_counts_bytes())?;
            (store.services(), store.violations_by_service())
        };
        Ok(reader.finish(known, |service| violations.get(service).copied().unwrap_or(0)))
    }

    pub(crate) fn instances<M: Memory>(
        &self,
        service: Option<&str>,
        range: TimeRange,
        memory: &mut M,
    ) -> Result<Vec<InstanceView>, M::Error> {
        let reader = self.read(query::Instances::new(range), memory)?;
        let mut known = {
            let store = self.store();
            memory.take(2 * store.registry_bytes())?;
            store.instances()
        };
        known.retain(|known| service.is_none_or(|service| known.service == service));
        Ok(reader.finish(known))
    }

    pub(crate) fn endpoints<M: Memory>(
        &self,
        service: Option<String>,
        range: TimeRange,
        limit: usize,
        memory: &mut M,
    ) -> Result<Vec<EndpointView>, M::Error> {
        Ok(self.read(query::Endpoints::new(service, range), memory)?.finish(limit))
    }

    pub(crate) fn series<M: Memory>(
        &self,
        of: SeriesOf,
        range: TimeRange,
        points: usize,
        memory: &mut M,
    ) -> Result<SeriesView, M::Error> {
        memory.take(points.saturating_mul(POINT_BYTES))?;
        let range = self.read(query::SeriesRange::new(of, range), memory)?;
        Ok(self.read(range.into_points(points), memory)?.finish())
    }

    /// Returns the slowest statements of a service and a kind, or of all.
    pub(crate) fn statements<M: Memory>(
        &self,
        service: Option<&str>,
        kind: Option<StatementKind>,
        range: TimeRange,
        limit: usize,
        memory: &mut M,
    ) -> Result<Vec<StatementView>, M::Error> {
        let found = {
            let store = self.store();
            query::statements(store.statements(), service, kind, range, limit, memory)?
        };
        Ok(found.iter().map(|one| StatementView::clone(one)).collect())
    }

    /// Returns the violations by rule of a service, or of all.
    pub(crate) fn rules<M: Memory>(
        &self,
        service: Option<&str>,
        memory: &mut M,
    ) -> Result<Vec<RuleView>, M::Error> {
        let counts = {
            let store = self.store();
            memory.take(2 * store.rule_counts_bytes())?;
            store.rule_counts(service)
        };
        Ok(query::by_rule(counts))
    }

    pub(crate) fn topology<M: Memory>(
        &self,
        range: TimeRange,
        memory: &mut M,
    ) -> Result<Topology, M::Error> {
        let reader = self.read(query::MapReader::new(range), memory)?;
        let known = {
            let store = self.store();
            memory.take(store.registry_bytes())?;
            store.services()
        };
        Ok(reader.finish(&known))
    }

    pub(crate) fn stats(&self) -> Stats {
        self.store().stats()
    }

    /// Returns the arrival number of the last segment.
    pub(crate) fn last_arrival(&self) -> u64 {
        self.store().traces().last_arrival()
    }

    pub(crate) fn trace(&self, id: &str) -> Option<TraceView> {
        let segments = self.store().trace(id)?;
        Some(query::trace_view(id, &segments))
    }

    /// Returns the memory of the view of a trace, or 0 if it is not stored.
    pub(crate) fn trace_bytes(&self, id: &str) -> usize {
        self.store().traces().get(id).map_or(0, query::view_bytes)
    }

    /// Returns the memory to reserve for a query of the rows of a trace, or 0 if it is not stored.
    pub(crate) fn rows_bytes(&self, id: &str) -> usize {
        self.store().traces().get(id).map_or(0, |trace| {
            trace.bytes().saturating_add(trace.facts.spans.saturating_mul(BYTES_PER_ROW))
        })
    }

    pub(crate) fn skeleton(&self, id: &str) -> Option<Skeleton> {
        let (segments, others) = {
            let store = self.store();
            let segments = store.trace(id)?;
            let others = segments.iter().enumerate().flat_map(|(at, segment)| {
                let found = store.traces().refs_to(id, &segment.object.trace_segment_id, None);
                found.map(move |(span, other)| ((at, span), Arc::clone(other)))
            });
            let others: Vec<_> = others.take(MAX_REFERRERS).collect();
            (segments, others)
        };
        Some(query::skeleton(id, &segments, &others))
    }

    pub(crate) fn span_details(
        &self,
        id: &str,
        segment_id: &str,
        span_id: i32,
    ) -> Option<SpanDetails> {
        let (segments, others) = {
            let store = self.store();
            let others = store.traces().refs_to(id, segment_id, Some(span_id));
            let others: Vec<_> =
                others.take(MAX_REFERRERS).map(|(_, segment)| Arc::clone(segment)).collect();
            (store.trace(id)?, others)
        };
        let is_stored = |segment: &str| self.store().traces().has_segment(segment);
        query::span_details(&segments, segment_id, span_id, is_stored, &others)
    }

    /// Returns the rows of a trace's tree that contain the text.
    pub(crate) fn matching_rows(&self, id: &str, text: &str) -> Option<Vec<usize>> {
        let segments = self.store().trace(id)?;
        Some(query::matching_rows(&segments, text))
    }

    pub(crate) fn about(&self) -> About {
        About {
            version: env!("CARGO_PKG_VERSION"),
            grpc_addr: self.addresses.grpc,
            http_addr: self.addresses.http,
            token_required: self.token.is_some(),
            limits: AboutLimits {
                max_spans: self.limits.max_spans,
                max_bytes: self.limits.max_bytes,
            },
            started_at: self.started_at,
        }
    }

    pub(crate) fn violations<M: Memory>(
        &self,
        query: &TraceQuery,
        memory: &mut M,
    ) -> Result<Vec<ViolationView>, M::Error> {
        let selected = query::violations(self.store().traces(), query, memory)?;
        Ok(selected.view())
    }

    /// Returns a receiver that is notified of each change of the store.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// Returns the current time in epoch milliseconds.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod memory_tests;
#[cfg(test)]
mod tests;
