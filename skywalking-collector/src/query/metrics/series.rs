//! Calls over time.

use std::collections::BTreeMap;

use crate::api::{SeriesView, TimeRange};
use crate::query::topology::CallReader;
use crate::query::window::{Reader, Window, point};
use crate::store::{CELL_MILLIS, SeriesRef, Subject, Totals};

/// What a series over time is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SeriesOf {
    /// A service, or a database, cache or queue by its address.
    Service {
        service: String,
    },
    Instance {
        service: String,
        instance: String,
    },
    Endpoint {
        service: String,
        endpoint: String,
    },
    /// A call on the map, by the ids of its nodes.
    Call {
        source: String,
        target: String,
    },
}

/// Totals by time slot.
pub(crate) type Timeline = BTreeMap<i64, Totals>;

/// Reads the cells of a service, an instance, an endpoint or a call.
pub(crate) struct Series {
    of: SeriesOf,
    window: Window,
    found: Timeline,
    accesses: Timeline,
    calls: CallReader,
}

impl Series {
    pub(crate) fn new(of: SeriesOf, range: TimeRange) -> Self {
        let window = Window::new(range);
        let found = Timeline::new();
        Self { of, window, found, accesses: Timeline::new(), calls: CallReader::default() }
    }

    /// Returns at most `points` points of equal width.
    pub(crate) fn finish(self, points: usize) -> SeriesView {
        let found = match &self.of {
            SeriesOf::Call { source, target } => self.calls.finish(source, target),
            // A service by that name has priority.
            _ if self.found.is_empty() => self.accesses,
            _ => self.found,
        };
        let slots = self.window.slots();
        let length = slots.end.saturating_sub(slots.start);
        let points = i64::try_from(points).unwrap_or(i64::MAX).max(1);
        let width = (length / points).saturating_add(i64::from(length % points > 0)).max(1);
        let count = length / width + i64::from(length % width > 0);
        let mut sums = vec![Totals::default(); usize::try_from(count).unwrap_or(0)];
        for (slot, totals) in &found {
            let at = usize::try_from(slot.saturating_sub(slots.start) / width);
            if let Some(sum) = at.ok().and_then(|at| sums.get_mut(at)) {
                sum.merge(totals);
            }
        }
        SeriesView {
            from: slots.start.saturating_mul(CELL_MILLIS),
            to: slots.start.saturating_add(count * width).saturating_mul(CELL_MILLIS),
            width: width.saturating_mul(CELL_MILLIS),
            points: sums.iter().map(point).collect(),
        }
    }
}

impl Reader for Series {
    fn add(&mut self, series: &SeriesRef<'_>) {
        let timeline = match (&self.of, &series.subject) {
            (SeriesOf::Call { .. }, _) => {
                self.calls.add(series, &mut self.window);
                return;
            }
            (SeriesOf::Service { service: wanted }, Subject::Service { service })
                if **wanted == **service =>
            {
                &mut self.found
            }
            (SeriesOf::Service { service: wanted }, Subject::Access { name, .. })
                if **wanted == **name =>
            {
                &mut self.accesses
            }
            (
                SeriesOf::Instance { service: wanted, instance: wanted_instance },
                Subject::Instance { service, instance },
            ) if **wanted == **service && **wanted_instance == **instance => &mut self.found,
            (
                SeriesOf::Endpoint { service: wanted, endpoint: wanted_endpoint },
                Subject::Endpoint { service, endpoint },
            ) if **wanted == **service && **wanted_endpoint == **endpoint => &mut self.found,
            _ => return,
        };
        self.window.cells(series, |slot, totals| timeline.entry(slot).or_default().merge(totals));
    }
}
