//! Stores what was received, in memory and within limits.
//!
//! | module | content |
//! | --- | --- |
//! | `strings` | texts that are stored once, with counts of their uses |
//! | `postings`, `index` | which traces have a term: a service, an endpoint, a tag |
//! | `call_sides` | what a span reports of calls |
//! | `segment`, `segment_terms` | a segment as it is stored, and its terms |
//! | `reason`, `bars`, `facts` | what lists need of a trace |
//! | `trace_refs` | references from one trace to another |
//! | `traces` | segments by trace, and the eviction of the oldest trace |
//! | `metrics` | calls and durations over time, also of evicted traces |
//! | `statements`, `rule_counts` | the slowest and latest statements; violations by rule |
//! | `logs`, `log_record` | logs with their indexes; a log as it is stored |
//! | `meters`, `events` | meters as series over time; events |
//! | `records` | adds logs, meters and events to the store |
//! | `registry` | services and instances |
//!
//! All are independent of gRPC and HTTP, and expect validated segments.

mod bars;
mod call_sides;
mod events;
mod facts;
mod index;
mod log_record;
mod logs;
mod meters;
mod metrics;
mod postings;
mod reason;
mod records;
mod registry;
mod rule_counts;
mod segment;
mod segment_terms;
mod statements;
mod strings;
mod trace_refs;
mod traces;

use std::collections::HashMap;
use std::sync::Arc;

use skywalking_proto::rules::Violation;

use crate::api::{InstanceView, NotKept, Stats};
use crate::config::Limits;
use crate::decode::DecodedSegment;
use crate::enums;
use crate::segment_error::SegmentError;
pub(crate) use bars::TimeBar;
pub(crate) use events::Events;
pub(crate) use facts::TraceFacts;
pub(crate) use index::{Index, Term};
pub(crate) use log_record::log_record;
pub(crate) use logs::{LogKey, LogTerm, Logs};
pub(crate) use meters::{MeterKey, MeterPoints, Meters};
pub(crate) use metrics::{CELL_MILLIS, Metrics, SeriesRef, Subject, Totals};
pub(crate) use postings::Postings;
pub(crate) use reason::reason;
pub(crate) use records::MeterBatch;
use registry::Registry;
pub(crate) use registry::ServiceFacts;
use rule_counts::RuleCounts;
pub(crate) use rule_counts::{Origin, RuleCount};
pub(crate) use segment::StoredSegment;
pub(crate) use segment_terms::searchable;
pub(crate) use statements::{Statements, memory as statement_memory};
pub(crate) use strings::{Scan, StringId};
use traces::InsertOutcome;
pub(crate) use traces::{StoredTrace, Traces};

/// Traces, logs, meters, events, services, instances and counters.
#[derive(Debug)]
pub(crate) struct Store {
    limits: Limits,
    traces: Traces,
    metrics: Metrics,
    statements: Statements,
    rules: RuleCounts,
    logs: Logs,
    meters: Meters,
    events: Events,
    registry: Registry,
    counters: Stats,
}

impl Store {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            traces: Traces::default(),
            metrics: Metrics::new(&limits),
            statements: Statements::new(&limits),
            rules: RuleCounts::default(),
            logs: Logs::new(limits.logs_bytes()),
            meters: Meters::new(limits.meters_bytes()),
            events: Events::new(limits.events_bytes()),
            registry: Registry::new(&limits),
            counters: Stats::default(),
        }
    }

    /// Stores a validated segment and its violations. `now` is in epoch milliseconds.
    ///
    /// # Errors
    ///
    /// Returns [`SegmentError::TooManySpans`].
    pub(crate) fn insert(
        &mut self,
        decoded: DecodedSegment,
        violations: Vec<Violation>,
        now: i64,
    ) -> Result<(), SegmentError> {
        let spans = decoded.segment.spans.len();
        if spans == 0 {
            self.counters.segments_empty += 1;
            return Ok(());
        }
        if spans > self.limits.max_spans {
            return Err(SegmentError::TooManySpans { spans, max_spans: self.limits.max_spans });
        }
        let segment = &decoded.segment;
        // The OAP lists a service only if it has an entry span or a ping.
        let is_listed =
            segment.spans.iter().any(|span| span.span_type == enums::ENTRY && !span.skip_analysis);
        let (service, instance) = (&segment.service, &segment.service_instance);
        let color = self.registry.record_segment(service, instance, is_listed, now);
        if self.traces.has_segment(&segment.trace_segment_id) {
            self.counters.segments_duplicate += 1;
            return Ok(());
        }
        self.metrics.record(segment);
        self.statements.record(segment);
        let origin = Origin {
            service,
            service_instance: instance,
            trace_id: &segment.trace_id,
            segment_id: &segment.trace_segment_id,
        };
        self.rules.record(origin, &violations);
        let violation_count = violations.len() as u64;
        match self.traces.insert(decoded, violations, color) {
            InsertOutcome::Duplicate => self.counters.segments_duplicate += 1,
            InsertOutcome::Stored => {
                self.counters.segments_accepted += 1;
                self.counters.spans_accepted += spans as u64;
                self.counters.violations += violation_count;
                let evicted = self.traces.evict(&self.limits);
                self.counters.traces_evicted += evicted.traces;
                self.counters.spans_evicted += evicted.spans;
            }
        }
        Ok(())
    }

    pub(crate) fn count_refused(&mut self) {
        self.counters.segments_refused += 1;
    }

    pub(crate) fn count_not_kept(&mut self, kind: NotKept, count: u64) {
        self.counters.received_not_kept.add(kind, count);
    }

    pub(crate) fn count_management_refused(&mut self) {
        self.counters.management_refused += 1;
    }

    pub(crate) fn record_properties(
        &mut self,
        service: &str,
        instance: &str,
        properties: Vec<(String, String)>,
        now: i64,
    ) {
        self.counters.properties_reports += 1;
        self.registry.record_properties(service, instance, properties, now);
    }

    pub(crate) fn record_ping(&mut self, service: &str, instance: &str, layer: &str, now: i64) {
        self.counters.pings += 1;
        self.registry.record_ping(service, instance, layer, now);
    }

    pub(crate) fn trace(&self, id: &str) -> Option<Vec<Arc<StoredSegment>>> {
        self.traces.get(id).map(|trace| trace.segments.clone())
    }

    pub(crate) fn traces(&self) -> &Traces {
        &self.traces
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Returns the memory of the counts by rule, in bytes.
    pub(crate) fn rule_counts_bytes(&self) -> usize {
        self.rules.bytes()
    }

    /// Returns the violations by rule of a service, or of all.
    pub(crate) fn rule_counts(&self, service: Option<&str>) -> Vec<RuleCount> {
        self.rules.select(service)
    }

    /// Returns the number of violations of each service.
    pub(crate) fn violations_by_service(&self) -> HashMap<String, u64> {
        self.rules.by_service()
    }

    /// Returns the memory of services and instances, in bytes.
    pub(crate) fn registry_bytes(&self) -> usize {
        self.registry.bytes()
    }

    pub(crate) fn services(&self) -> Vec<ServiceFacts> {
        self.registry.services()
    }

    pub(crate) fn instances(&self) -> Vec<InstanceView> {
        self.registry.instances()
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            traces_stored: self.traces.len(),
            spans_stored: self.traces.spans(),
            bytes_stored: self.traces.bytes(),
            instances_evicted: self.registry.evicted(),
            metric_cells_stored: self.metrics.cells(),
            metric_cells_evicted: self.metrics.evicted(),
            metric_bytes_stored: self.metrics.bytes(),
            logs_stored: self.logs.len(),
            logs_evicted: self.logs.evicted(),
            log_bytes_stored: self.logs.bytes(),
            meter_series_stored: self.meters.len(),
            meter_series_evicted: self.meters.evicted(),
            meter_bytes_stored: self.meters.bytes(),
            events_stored: self.events.len(),
            events_evicted: self.events.evicted(),
            ..self.counters
        }
    }
}
