//! What was received, in memory and within bounds.
//!
//! `traces` keeps segments by trace and lets the oldest trace go; `registry` knows services and
//! instances; `Stats` counts what came, stayed and went. Nothing here knows gRPC or HTTP, and
//! nothing here judges a segment.

mod registry;
mod traces;
mod unkept;

use std::fmt;
use std::sync::Arc;

use skywalking_proto::rules::Violation;

pub(crate) use registry::Registry;
pub use registry::{InstanceView, ServiceView};
use serde::Serialize;
pub(crate) use traces::{Outcome, StoredSegment, StoredTrace, Traces};
pub use unkept::{Unkept, UnkeptCounts};

use crate::check::Refusal;
use crate::config::Limits;
use crate::names;
use crate::wire::Weighed;

/// What arrived, what became of it, and what is stored now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stats {
    /// Segments that were stored.
    pub segments_accepted: u64,
    /// Segments that were refused, and messages that are no segment.
    pub segments_refused: u64,
    /// Segments that were stored already; the first one stays. Known only while the first one is
    /// stored.
    pub segments_duplicate: u64,
    /// Segments without a span, which are ignored.
    pub segments_empty: u64,
    /// Violations of the wire's rules in the segments that were stored; at most 100 are counted in
    /// one.
    pub violations: u64,
    /// Spans of the segments that were stored.
    pub spans_accepted: u64,
    /// Traces that had to go for newer ones.
    pub traces_evicted: u64,
    /// Spans of the traces that had to go.
    pub spans_evicted: u64,
    /// Instances that had to go for others.
    pub instances_evicted: u64,
    /// Reports of instance properties.
    pub properties_reports: u64,
    /// Keep-alive pings.
    pub pings: u64,
    /// Reports of properties and pings that were refused.
    pub management_refused: u64,
    /// Messages that were received and not kept, by kind.
    pub received_not_kept: UnkeptCounts,
    /// Traces that are stored now.
    pub traces_stored: usize,
    /// Spans that are stored now.
    pub spans_stored: usize,
    /// Bytes of memory that the stored traces take, estimated.
    pub bytes_stored: usize,
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "segments: {} accepted, {} refused, {} duplicate, {} empty; stored: {} traces, {} spans; evicted: {} traces, {} spans",
            self.segments_accepted,
            self.segments_refused,
            self.segments_duplicate,
            self.segments_empty,
            self.traces_stored,
            self.spans_stored,
            self.traces_evicted,
            self.spans_evicted,
        )?;
        if self.violations > 0 {
            write!(f, "; {} violations of the wire's rules", self.violations)?;
        }
        if self.received_not_kept != UnkeptCounts::default() {
            write!(f, "; received, not kept: {}", self.received_not_kept)?;
        }
        Ok(())
    }
}

/// All that a collector knows.
#[derive(Debug)]
pub(crate) struct Store {
    limits: Limits,
    traces: Traces,
    registry: Registry,
    counted: Stats,
}

impl Store {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            traces: Traces::default(),
            registry: Registry::new(&limits),
            counted: Stats::default(),
        }
    }

    /// Takes one segment that `check` did not refuse, and what it found in it. `now` in epoch
    /// milliseconds.
    pub(crate) fn insert(
        &mut self,
        weighed: Weighed,
        violations: Vec<Violation>,
        now: i64,
    ) -> Result<(), Refusal> {
        let spans = weighed.segment.spans.len();
        if spans == 0 {
            self.counted.segments_empty += 1;
            return Ok(());
        }
        if spans > self.limits.max_spans {
            return Err(Refusal::TooManySpans { spans, max_spans: self.limits.max_spans });
        }
        let segment = &weighed.segment;
        // The OAP lists a service for its entry spans and pings alone.
        if segment.spans.iter().any(|span| span.span_type == names::ENTRY && !span.skip_analysis) {
            self.registry.seen(&segment.service, &segment.service_instance, now);
        }
        let broken = violations.len() as u64;
        match self.traces.insert(weighed, violations) {
            Outcome::Duplicate => self.counted.segments_duplicate += 1,
            Outcome::Stored => {
                self.counted.segments_accepted += 1;
                self.counted.spans_accepted += spans as u64;
                self.counted.violations += broken;
                let gone = self.traces.evict(&self.limits);
                self.counted.traces_evicted += gone.traces;
                self.counted.spans_evicted += gone.spans;
            }
        }
        Ok(())
    }

    pub(crate) fn refused(&mut self) {
        self.counted.segments_refused += 1;
    }

    pub(crate) fn unkept(&mut self, kind: Unkept, count: u64) {
        self.counted.received_not_kept.add(kind, count);
    }

    pub(crate) fn management_refused(&mut self) {
        self.counted.management_refused += 1;
    }

    pub(crate) fn properties(
        &mut self,
        service: &str,
        instance: &str,
        properties: Vec<(String, String)>,
        now: i64,
    ) {
        self.counted.properties_reports += 1;
        self.registry.properties(service, instance, properties, now);
    }

    pub(crate) fn ping(&mut self, service: &str, instance: &str, layer: &str, now: i64) {
        self.counted.pings += 1;
        self.registry.ping(service, instance, layer, now);
    }

    pub(crate) fn trace(&self, id: &str) -> Option<Vec<Arc<StoredSegment>>> {
        self.traces.get(id).map(|trace| trace.segments.clone())
    }

    pub(crate) fn traces(&self) -> &Traces {
        &self.traces
    }

    pub(crate) fn services(&self) -> Vec<ServiceView> {
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
            ..self.counted
        }
    }
}
