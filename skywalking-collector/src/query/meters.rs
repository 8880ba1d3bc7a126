//! Series of meters.

use std::sync::Arc;

use crate::api::{KeyValue, MAX_SERIES, MeterKind, MeterQuery, MeterView};
use crate::budget::Memory;
use crate::naming;
use crate::store::{MeterKey, MeterPoints, Meters};

/// The memory of a point in a view, in bytes: its time, value, and list of counts.
const POINT_BYTES: usize = 64;

/// Selected series, whose points are not copied yet.
pub(crate) struct SelectedMeters(Vec<(Arc<MeterKey>, Arc<MeterPoints>)>);

/// Selects the series of a query, sorted.
pub(crate) fn meters<M: Memory>(
    meters: &Meters,
    query: &MeterQuery,
    memory: &mut M,
) -> Result<SelectedMeters, M::Error> {
    let service = query.service.as_deref().map(naming::display_name);
    let instance = query.instance.as_deref().map(naming::display_name);
    let is_match = |key: &MeterKey| {
        service.is_none_or(|service| key.service == service)
            && instance.is_none_or(|instance| key.instance == instance)
            && query.name.as_ref().is_none_or(|name| key.name == *name)
    };
    let mut found: Vec<_> = meters
        .iter()
        .filter(|(key, _)| is_match(key))
        .map(|(key, points)| (Arc::clone(key), Arc::clone(points)))
        .collect();
    found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    found.truncate(query.limit.min(MAX_SERIES));
    memory.take(found.iter().map(|(key, points)| bytes(key, points)).sum())?;
    Ok(SelectedMeters(found))
}

fn bytes(key: &MeterKey, points: &MeterPoints) -> usize {
    let labels: usize = key.labels.iter().map(|(name, value)| name.len() + value.len() + 64).sum();
    let texts = key.service.len() + key.instance.len() + key.name.len() + labels;
    size_of::<MeterView>() + texts + points.bytes() + points.points.len() * POINT_BYTES
}

impl SelectedMeters {
    /// Returns the series with the points of the query's time range. Series without one are left
    /// out.
    pub(crate) fn view(self, query: &MeterQuery) -> Vec<MeterView> {
        let views = self.0.iter().map(|(key, points)| view(key, points, query));
        views.filter(|view| !view.times.is_empty()).collect()
    }
}

fn view(key: &MeterKey, series: &MeterPoints, query: &MeterQuery) -> MeterView {
    let points = || {
        series.points.iter().filter(|point| {
            query.from.is_none_or(|from| point.time >= from)
                && query.to.is_none_or(|to| point.time < to)
        })
    };
    let label =
        |(key, value): &(String, String)| KeyValue { key: key.clone(), value: value.clone() };
    let is_histogram = key.is_histogram;
    MeterView {
        service: key.service.clone(),
        service_instance: key.instance.clone(),
        name: key.name.clone(),
        kind: if is_histogram { MeterKind::Histogram } else { MeterKind::Single },
        labels: key.labels.iter().map(label).collect(),
        times: points().map(|point| point.time).collect(),
        values: points().filter(|_| !is_histogram).map(|point| point.value).collect(),
        bounds: series.bounds.clone(),
        counts: points().filter(|_| is_histogram).map(|point| point.counts.to_vec()).collect(),
    }
}
