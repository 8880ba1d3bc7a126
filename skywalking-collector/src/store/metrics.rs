//! Stores calls, errors and durations over time.
//!
//! A series has one subject: a service, an instance, an endpoint, a call or a virtual service. Its
//! cells cover 10 s each, by the start of the spans. Metrics are recorded when a segment arrives
//! and stay when its trace is evicted. Cells are evicted by age, which is the arrival of their
//! first span, so that spans with a wrong time don't displace newer ones.

mod histogram;
mod logic_endpoint;
mod observations;
mod subject;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque, btree_map};
use std::ops::Range;
use std::sync::Arc;

use skywalking_proto::v3::SegmentObject;

use histogram::Histogram;
pub(crate) use observations::Observation;
pub(crate) use subject::Subject;

use super::strings::{StringId, Strings};
use crate::config::Limits;
use crate::naming;

/// The time that a cell covers, in milliseconds.
pub(crate) const CELL_MILLIS: i64 = 10_000;
/// The largest number of cells.
const MAX_CELLS: usize = 500_000;
/// The memory of a cell in addition to its histogram: its part of a node, and its entry in the
/// queue.
const CELL_BYTES: usize = 128;
/// The memory of a series in addition to its cells: the subject in the index and in the series, and
/// a node that is mostly empty.
const SERIES_BYTES: usize = 640;

/// Calls, errors and durations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) calls: u64,
    pub(crate) errors: u64,
    pub(crate) durations: Histogram,
}

impl Totals {
    fn record(&mut self, observation: Observation) {
        self.calls += 1;
        self.errors += u64::from(observation.is_error);
        self.durations.record(observation.duration);
    }

    /// Returns the memory on the heap, in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.durations.heap_bytes()
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.durations.merge(&other.durations);
    }
}

#[derive(Debug)]
struct Series {
    subject: Subject<StringId>,
    /// By the number of the time slot.
    cells: BTreeMap<i64, Totals>,
    /// The number of the last segment that was recorded.
    last_arrival: u64,
}

/// A series, passed to a visitor with borrowed cells.
pub(crate) struct SeriesRef<'a> {
    pub(crate) subject: Subject<Arc<str>>,
    /// The number of the last segment that was recorded.
    pub(crate) last_arrival: u64,
    cells: &'a BTreeMap<i64, Totals>,
}

impl SeriesRef<'_> {
    /// Returns the cells in a range of time slots, the earliest first.
    pub(crate) fn cells(&self, slots: Range<i64>) -> impl Iterator<Item = (i64, &Totals)> {
        let slots = slots.start..slots.end.max(slots.start);
        self.cells.range(slots).map(|(slot, totals)| (*slot, totals))
    }
}

/// All series.
#[derive(Debug)]
pub(crate) struct Metrics {
    max_bytes: usize,
    max_cells: usize,
    names: Strings,
    /// Free places are used again.
    series: Vec<Option<Series>>,
    free: Vec<usize>,
    index: HashMap<Subject<StringId>, usize>,
    /// Series and slot of each cell, the oldest first.
    by_age: VecDeque<(usize, i64)>,
    arrivals: u64,
    /// The memory of series and cells, without names.
    bytes: usize,
    evicted: u64,
}

impl Metrics {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            max_bytes: limits.metrics_bytes(),
            max_cells: MAX_CELLS,
            names: Strings::default(),
            series: Vec::new(),
            free: Vec::new(),
            index: HashMap::new(),
            by_age: VecDeque::new(),
            arrivals: 0,
            bytes: 0,
            evicted: 0,
        }
    }

    /// Records the spans of a segment.
    pub(crate) fn record(&mut self, segment: &SegmentObject) {
        self.arrivals += 1;
        // Most subjects have this name. It is compared by address.
        let service = naming::display_name(&segment.service);
        let own = self.names.intern(service);
        self.names.acquire(own);
        observations::for_each(segment, |subject, observation| {
            let subject = subject.map(|text| {
                let is_own = std::ptr::eq(text, service);
                let name = if is_own { own } else { self.names.intern(text) };
                self.names.acquire(name);
                name
            });
            self.observe(subject, observation);
        });
        self.names.release(own);
    }

    /// Adds an observation. The subject's names have been acquired.
    fn observe(&mut self, subject: Subject<StringId>, observation: Observation) {
        let number = match self.index.entry(subject) {
            Entry::Occupied(known) => {
                let number = *known.get();
                subject.map(|name| self.names.release(name));
                number
            }
            Entry::Vacant(place) => {
                let series =
                    Series { subject, cells: BTreeMap::new(), last_arrival: self.arrivals };
                self.bytes += SERIES_BYTES;
                let number = self.free.pop().unwrap_or_else(|| {
                    self.series.push(None);
                    self.series.len() - 1
                });
                if let Some(free) = self.series.get_mut(number) {
                    *free = Some(series);
                }
                *place.insert(number)
            }
        };
        let Some(series) = self.series.get_mut(number).and_then(Option::as_mut) else {
            return;
        };
        series.last_arrival = self.arrivals;
        let slot = observation.start.div_euclid(CELL_MILLIS);
        let cell = match series.cells.entry(slot) {
            btree_map::Entry::Occupied(cell) => cell.into_mut(),
            btree_map::Entry::Vacant(place) => {
                self.bytes += CELL_BYTES;
                self.by_age.push_back((number, slot));
                place.insert(Totals::default())
            }
        };
        let before = cell.durations.heap_bytes();
        cell.record(observation);
        self.bytes += cell.durations.heap_bytes() - before;
        while self.by_age.len() > self.max_cells || self.bytes() > self.max_bytes {
            if !self.evict_oldest() {
                break;
            }
        }
    }

    /// Evicts the oldest cell. Returns whether there was one.
    fn evict_oldest(&mut self) -> bool {
        let Some((number, slot)) = self.by_age.pop_front() else {
            return false;
        };
        let Some(place) = self.series.get_mut(number) else {
            return true;
        };
        let Some(series) = place else {
            return true;
        };
        if let Some(cell) = series.cells.remove(&slot) {
            self.bytes -= CELL_BYTES + cell.durations.heap_bytes();
            self.evicted += 1;
        }
        if series.cells.is_empty() {
            let subject = series.subject;
            *place = None;
            self.bytes -= SERIES_BYTES;
            self.free.push(number);
            self.index.remove(&subject);
            subject.map(|name| self.names.release(name));
        }
        true
    }

    /// Passes series to `visit`, from the number `from` on, until `max_cells` cells have been
    /// passed. Returns the number to go on with, or `None` at the end. `visit` returns the memory
    /// that it took, in bytes. The memory of a cell counts as a cell.
    ///
    /// A reader releases the store's lock between two calls. Series that are added meanwhile may be
    /// missed.
    pub(crate) fn visit(
        &self,
        from: usize,
        max_cells: usize,
        mut visit: impl FnMut(SeriesRef<'_>) -> usize,
    ) -> Option<usize> {
        let mut cells = 0;
        for (number, series) in self.series.iter().enumerate().skip(from) {
            if cells > max_cells {
                return Some(number);
            }
            let Some(series) = series else {
                continue;
            };
            let taken = visit(SeriesRef {
                subject: series
                    .subject
                    .map(|name| self.names.get(name).map_or_else(|| Arc::from(""), Arc::clone)),
                last_arrival: series.last_arrival,
                cells: &series.cells,
            });
            cells += series.cells.len() + 1 + taken / CELL_BYTES;
        }
        None
    }

    /// Returns the number of cells.
    pub(super) fn cells(&self) -> usize {
        self.by_age.len()
    }

    /// Returns the memory of all series, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.names.bytes()
    }

    /// Returns the number of evicted cells.
    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }
}

#[cfg(test)]
mod tests;
