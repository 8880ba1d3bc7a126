//! What the two servers and the [`crate::Collector`] share: the store behind its lock, and the word
//! that it changed.
//!
//! The lock is held to look something up or to put something in, never while a message is decoded,
//! a tree is built or an answer is written.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, watch};

use crate::budget::Budget;
use crate::check::{self, Refusal};
use crate::config::{Limits, Timeouts};
use crate::serve::Connections;
use crate::store::{InstanceView, ServiceView, Stats, Store, StoredTrace, Unkept};
use crate::token::Token;
use crate::topology::Topology;
use crate::trace::{
    self, Arrivals, MAX_TRACES, TraceQuery, TraceSummary, TraceView, ViolationView,
};
use crate::wire;

#[derive(Debug)]
pub(crate) struct Shared {
    limits: Limits,
    store: Mutex<Store>,
    /// Counts changes; whoever waits for something looks again at each.
    changed: watch::Sender<u64>,
    /// Becomes true once, when the collector ends.
    stopping: watch::Sender<bool>,
    token: Option<Token>,
    budget: Arc<Budget>,
    connections: Arc<Connections>,
    /// For answers that are made at one time: each may be a copy of much of the store.
    turns: Arc<Semaphore>,
}

/// Answers that are made at one time.
const TURNS: usize = 4;

impl Shared {
    pub(crate) fn new(limits: Limits, timeouts: Timeouts, token: Option<Token>) -> Self {
        Self {
            limits,
            store: Mutex::new(Store::new(limits)),
            changed: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            token,
            budget: Budget::new(limits.max_in_flight),
            connections: Connections::new(limits.max_connections, timeouts),
            turns: Arc::new(Semaphore::new(TURNS)),
        }
    }

    pub(crate) const fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    pub(crate) const fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    pub(crate) const fn turns(&self) -> &Arc<Semaphore> {
        &self.turns
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The token that each call has to bring, if any.
    pub(crate) const fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// A panic below the lock would be a bug of ours, and no reason to stop serving: every change
    /// leaves the store whole.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let result = change(&mut self.store());
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
        result
    }

    /// Takes one encoded segment, or says why not.
    pub(crate) fn segment(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let now = now();
        let checked = wire::segment(bytes, self.limits.max_bytes).and_then(|mut weighed| {
            // An empty list is ignored, whatever else is wrong with the segment.
            let empty = weighed.segment.spans.is_empty();
            let violations =
                if empty { Vec::new() } else { check::segment(&weighed.segment, now)? };
            weighed.bytes = weighed.bytes.saturating_add(check::weigh(&violations));
            Ok((weighed, violations))
        });
        self.change(|store| {
            checked
                .and_then(|(weighed, violations)| store.insert(weighed, violations, now))
                .inspect_err(|_| store.refused())
        })
    }

    /// Counts a message that did not even come through.
    pub(crate) fn refused(&self) {
        self.change(Store::refused);
    }

    /// Counts messages of a kind that is not kept.
    pub(crate) fn unkept(&self, kind: Unkept, count: u64) {
        self.change(|store| store.unkept(kind, count));
    }

    /// Counts a report of properties, or a ping, that was not taken.
    pub(crate) fn management_refused(&self) {
        self.change(Store::management_refused);
    }

    pub(crate) fn properties(
        &self,
        service: &str,
        instance: &str,
        properties: Vec<(String, String)>,
    ) {
        self.change(|store| store.properties(service, instance, properties, now()));
    }

    pub(crate) fn ping(&self, service: &str, instance: &str, layer: &str) {
        self.change(|store| store.ping(service, instance, layer, now()));
    }

    pub(crate) fn services(&self) -> Vec<ServiceView> {
        self.store().services()
    }

    pub(crate) fn instances(&self) -> Vec<InstanceView> {
        self.store().instances()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.store().stats()
    }

    pub(crate) fn traces(&self, query: &TraceQuery) -> Vec<TraceSummary> {
        let chosen = trace::list(self.store().traces(), query);
        chosen.into_iter().map(trace::Chosen::summarize).collect()
    }

    pub(crate) fn arrivals(&self, after: u64, limit: usize) -> Arrivals {
        let (chosen, left_out, upto) = {
            let store = self.store();
            let (chosen, left_out) = trace::arrivals(store.traces(), after, limit);
            (chosen, left_out, store.traces().last_arrival())
        };
        Arrivals {
            traces: chosen.into_iter().map(trace::Chosen::summarize).collect(),
            left_out,
            upto,
        }
    }

    pub(crate) fn trace(&self, id: &str) -> Option<TraceView> {
        let segments = self.store().trace(id)?;
        Some(TraceView::new(id, &segments))
    }

    /// The memory that a trace takes, or 0.
    pub(crate) fn trace_bytes(&self, id: &str) -> usize {
        self.store().traces().get(id).map_or(0, StoredTrace::bytes)
    }

    pub(crate) fn violations(&self, query: &TraceQuery) -> Vec<ViolationView> {
        let broken = self.store().traces().broken(query);
        broken
            .iter()
            .flat_map(|segment| ViolationView::of(segment))
            .take(query.limit.min(MAX_TRACES))
            .collect()
    }

    pub(crate) fn topology(&self) -> Topology {
        let segments = self.store().traces().segments();
        Topology::new(&segments)
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Comes back when the collector ends.
    pub(crate) async fn stopped(&self) {
        // The sender lives in `self`, so that waiting can't fail.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
