//! What lists and searches need of a trace, updated when a segment is stored, so that they never
//! read its spans.

use std::sync::Arc;

use super::bars::{self, TimeBar};
use super::reason::{self, Reason};
use super::segment::StoredSegment;
use super::segment_terms::{TermAdder, searchable};
use crate::naming;

/// The largest number of services with their starts. Further ones are only counted.
const MAX_SERVICES: usize = 64;

/// The facts of a trace.
#[derive(Debug, Clone)]
pub(crate) struct TraceFacts {
    /// The earliest start of a span, in epoch milliseconds.
    pub(crate) start: i64,
    /// The latest end of a span, in epoch milliseconds.
    pub(crate) end: i64,
    pub(crate) spans: usize,
    pub(crate) segments: usize,
    pub(crate) is_error: bool,
    pub(crate) violations: usize,
    /// The arrival number of its last segment.
    pub(crate) last_arrival: u64,
    root: Option<Root>,
    /// Its services, in the order of arrival.
    pub(crate) services: Vec<TraceService>,
    /// The number of its services.
    pub(crate) service_count: usize,
    pub(crate) bars: Vec<TimeBar>,
    reason: Option<Reason>,
}

/// A service of a trace.
#[derive(Debug, Clone)]
pub(crate) struct TraceService {
    /// The displayed name.
    pub(crate) name: Arc<str>,
    /// Its first start, in epoch milliseconds.
    pub(crate) start: i64,
    pub(crate) color: u32,
}

/// How well a span stands for the whole trace. The first one is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RootRank {
    /// It has no parent.
    Root,
    /// Its parent belongs to another segment.
    Referring,
    /// Its parent belongs to its own segment.
    Child,
}

/// The span that names the trace.
#[derive(Debug, Clone)]
struct Root {
    rank: RootRank,
    start: i64,
    name: Arc<str>,
    service: Arc<str>,
}

impl TraceFacts {
    /// Returns the facts of a trace whose first segment has this arrival number.
    pub(super) fn new(arrival: u64) -> Self {
        Self {
            start: i64::MAX,
            end: i64::MIN,
            spans: 0,
            segments: 0,
            is_error: false,
            violations: 0,
            last_arrival: arrival,
            root: None,
            services: Vec::new(),
            service_count: 0,
            bars: Vec::new(),
            reason: None,
        }
    }

    /// Adds a segment and its terms.
    pub(super) fn add(&mut self, segment: &StoredSegment, terms: &mut TermAdder<'_>) {
        let spans = &segment.object.spans;
        let name = naming::display_name(&segment.object.service);
        let is_new = terms.add_segment(&segment.object, !segment.violations.is_empty());
        self.service_count += usize::from(is_new);
        let service = terms.shared(name);
        let (mut start, mut end, mut is_error) = (i64::MAX, i64::MIN, false);
        for span in spans {
            start = start.min(span.start_time);
            end = end.max(span.end_time);
            is_error |= span.is_error;
            let rank = match (span.parent_span_id < 0, span.refs.is_empty()) {
                (true, true) => RootRank::Root,
                (true, false) => RootRank::Referring,
                (false, _) => RootRank::Child,
            };
            let key = (rank, span.start_time);
            if self.root.as_ref().is_none_or(|root| key < (root.rank, root.start)) {
                self.root = Some(Root {
                    rank,
                    start: span.start_time,
                    name: terms.shared(searchable(&span.operation_name)),
                    service: Arc::clone(&service),
                });
            }
            if let Some(found) = reason::of(span) {
                let key = (found.source, found.time);
                if self.reason.as_ref().is_none_or(|first| key < (first.source, first.time)) {
                    self.reason = Some(found);
                }
            }
        }
        let position =
            self.add_service(TraceService { name: service, start, color: segment.color });
        bars::add(&mut self.bars, TimeBar { service: position, start, end, is_error });
        self.start = self.start.min(start);
        self.end = self.end.max(end);
        self.spans += spans.len();
        self.segments += 1;
        self.is_error |= is_error;
        self.violations += segment.violations.len();
        self.last_arrival = segment.arrival;
    }

    /// Adds a service with the start of a segment. Returns its position, or one after the last if
    /// there are too many.
    fn add_service(&mut self, service: TraceService) -> u16 {
        let mut all = self.services.iter_mut().enumerate();
        let position = if let Some((at, known)) = all.find(|(_, known)| known.name == service.name)
        {
            known.start = service.start.min(known.start);
            at
        } else if self.services.len() < MAX_SERVICES {
            self.services.push(service);
            self.services.len() - 1
        } else {
            MAX_SERVICES
        };
        u16::try_from(position).unwrap_or(u16::MAX)
    }

    /// Returns the memory of its lists and texts in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.services.capacity() * size_of::<TraceService>()
            + self.bars.capacity() * size_of::<TimeBar>()
            + self.reason.as_ref().map_or(0, |reason| reason.text.capacity())
    }

    /// Returns the time from the earliest start to the latest end, in milliseconds.
    pub(crate) fn duration(&self) -> u64 {
        u64::try_from(self.end.saturating_sub(self.start)).unwrap_or(0)
    }

    /// Returns the operation name of the span that names the trace, and its service.
    pub(crate) fn root(&self) -> (&str, &str) {
        self.root.as_ref().map_or(("", ""), |root| (&root.name, &root.service))
    }

    /// Returns why the trace failed.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.reason.as_ref().map(|reason| reason.text.as_str())
    }
}
