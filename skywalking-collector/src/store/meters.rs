//! Stores meters as series over time. At a limit, the series that was not updated for the longest
//! time is evicted.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::{Label, MeterBucketValue};

use crate::naming;

/// The largest number of series.
const MAX_SERIES: usize = 5_000;
/// The largest number of points of a series: four hours of a point each 20 s.
const MAX_POINTS: usize = 720;
/// Points that are older than the newest one of their series by this time are removed.
const MAX_AGE_MS: i64 = 4 * 60 * 60 * 1_000;
/// The memory of a series in the maps, in addition to its texts and points.
const OVERHEAD: usize = 512;

/// Identifies a series.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MeterKey {
    pub(crate) service: String,
    pub(crate) instance: String,
    pub(crate) name: String,
    /// Sorted by name.
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) is_histogram: bool,
}

impl MeterKey {
    fn memory(&self) -> usize {
        let labels: usize = self.labels.iter().map(|(key, value)| key.len() + value.len()).sum();
        let texts = self.service.len() + self.instance.len() + self.name.len() + labels;
        OVERHEAD + texts + self.labels.len() * (size_of::<(String, String)>() + 64)
    }
}

/// The lower bounds of buckets. `None` is minus infinity.
pub(crate) type Bounds = Vec<Option<f64>>;

/// A value, or the counts of a histogram's buckets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MeterPoint {
    /// In epoch milliseconds.
    pub(crate) time: i64,
    pub(crate) value: f64,
    pub(crate) counts: Box<[i64]>,
}

/// The points of a series. A query holds them without a copy.
#[derive(Debug, Clone, Default)]
pub(crate) struct MeterPoints {
    pub(crate) points: VecDeque<MeterPoint>,
    /// Of a histogram.
    pub(crate) bounds: Bounds,
}

impl MeterPoints {
    /// Returns the memory of the points, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let point = size_of::<MeterPoint>() + self.bounds.len() * size_of::<i64>() + 16;
        self.points.len() * point + self.bounds.len() * size_of::<Option<f64>>()
    }

    fn add(&mut self, point: MeterPoint, bounds: Bounds) {
        if self.bounds != bounds {
            // Counts of other buckets can't be compared.
            self.points.clear();
            self.bounds = bounds;
        }
        let at = self.points.partition_point(|other| other.time < point.time);
        match self.points.get_mut(at) {
            Some(same) if same.time == point.time => *same = point,
            _ => self.points.insert(at, point),
        }
        let newest = self.points.back().map_or(0, |point| point.time);
        let is_old = |point: &MeterPoint| point.time < newest.saturating_sub(MAX_AGE_MS);
        while self.points.len() > MAX_POINTS || self.points.front().is_some_and(is_old) {
            self.points.pop_front();
        }
    }
}

#[derive(Debug)]
struct Series {
    points: Arc<MeterPoints>,
    /// The number of the last update.
    updated: u64,
    bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Meters {
    max_bytes: usize,
    series: HashMap<Arc<MeterKey>, Series>,
    by_update: BTreeMap<u64, Arc<MeterKey>>,
    updates: u64,
    bytes: usize,
    evicted: u64,
}

impl Meters {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            series: HashMap::new(),
            by_update: BTreeMap::new(),
            updates: 0,
            bytes: 0,
            evicted: 0,
        }
    }

    /// Adds a value of a meter. Returns `false` for a value that can't be shown: not a finite
    /// number, or buckets that are not ascending.
    pub(super) fn insert(
        &mut self,
        (service, instance): (&str, &str),
        time: i64,
        metric: Metric,
    ) -> bool {
        let (name, labels, value, values) = match metric {
            Metric::SingleValue(one) => (one.name, one.labels, one.value, None),
            Metric::Histogram(one) => (one.name, one.labels, 0.0, Some(one.values)),
        };
        let is_histogram = values.is_some();
        let Some((bounds, counts)) = buckets(&values.unwrap_or_default()) else { return false };
        if !value.is_finite() {
            return false;
        }
        let key = MeterKey {
            service: naming::display_name(service).to_owned(),
            instance: naming::display_name(instance).to_owned(),
            name,
            labels: sorted(labels),
            is_histogram,
        };
        let known = self.series.remove_entry(&key);
        let (key, mut series) = known.unwrap_or_else(|| {
            let bytes = key.memory();
            self.bytes += bytes;
            (Arc::new(key), Series { points: Arc::default(), updated: 0, bytes })
        });
        self.by_update.remove(&series.updated);
        self.updates += 1;
        series.updated = self.updates;
        Arc::make_mut(&mut series.points).add(MeterPoint { time, value, counts }, bounds);
        let bytes = key.memory() + series.points.bytes();
        self.bytes = self.bytes - series.bytes + bytes;
        series.bytes = bytes;
        self.by_update.insert(self.updates, Arc::clone(&key));
        self.series.insert(key, series);
        self.evict();
        true
    }

    fn evict(&mut self) {
        while self.series.len() > MAX_SERIES || self.bytes > self.max_bytes {
            let Some((_, key)) = self.by_update.pop_first() else { break };
            if let Some(series) = self.series.remove(&key) {
                self.bytes -= series.bytes;
                self.evicted += 1;
            }
        }
    }

    /// Returns all series in any order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<MeterKey>, &Arc<MeterPoints>)> {
        self.series.iter().map(|(key, series)| (key, &series.points))
    }

    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }
}

fn sorted(labels: Vec<Label>) -> Vec<(String, String)> {
    let mut labels: Vec<_> = labels.into_iter().map(|label| (label.name, label.value)).collect();
    labels.sort_unstable();
    labels.shrink_to_fit();
    labels
}

/// Returns the lower bounds and the counts of buckets, or `None` if they are not ascending.
fn buckets(values: &[MeterBucketValue]) -> Option<(Bounds, Box<[i64]>)> {
    let bounds: Bounds = values
        .iter()
        .map(|value| Some(value.bucket).filter(|_| !value.is_negative_infinity))
        .collect();
    let is_valid = |pair: &[Option<f64>]| match pair {
        [Some(first), Some(second)] => first < second,
        [None, Some(_)] => true,
        _ => false,
    };
    let is_finite = bounds.iter().flatten().all(|bound| bound.is_finite());
    let is_counted = values.iter().all(|value| value.count >= 0);
    let valid = is_finite && is_counted && bounds.windows(2).all(is_valid);
    valid.then(|| (bounds, values.iter().map(|value| value.count).collect()))
}

#[cfg(test)]
mod tests;
