//! Calls over time, read in two passes, so that no cell is copied: the first one finds the range of
//! time, and the second one adds the cells to the points.

use std::ops::Range;

use crate::api::{DetectPoint, SeriesView, TimeRange};
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

/// Which cells are shown if there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Priority {
    First,
    /// Shown if there are none of the first priority.
    Second,
}

/// The first pass: finds the range of time, and the addresses of services.
pub(crate) struct SeriesRange {
    of: SeriesOf,
    window: Window,
    calls: CallReader,
}

impl SeriesRange {
    pub(crate) fn new(of: SeriesOf, range: TimeRange) -> Self {
        Self { of, window: Window::new(range), calls: CallReader::default() }
    }

    /// Returns the second pass, for at most `points` points of equal width.
    pub(crate) fn into_points(self, points: usize) -> SeriesPoints {
        let slots = self.window.slots();
        let length = slots.end.saturating_sub(slots.start);
        let points = i64::try_from(points).unwrap_or(i64::MAX).max(1);
        let width = (length / points).saturating_add(i64::from(length % points > 0)).max(1);
        let count = length / width + i64::from(length % width > 0);
        let sums = vec![Totals::default(); usize::try_from(count).unwrap_or(0)];
        let Self { of, calls, .. } = self;
        SeriesPoints { of, calls, slots, width, first: sums.clone(), second: sums }
    }
}

impl Reader for SeriesRange {
    fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        let (bytes, is_wanted) = match self.of {
            // Before all addresses are known, it can be any call.
            SeriesOf::Call { .. } => (self.calls.add(series), is_call(&series.subject)),
            _ => (0, priority(&self.of, &self.calls, &series.subject).is_some()),
        };
        if is_wanted {
            self.window.cells(series, |_, _| {});
        }
        bytes
    }
}

/// The second pass: adds the cells to the points.
pub(crate) struct SeriesPoints {
    of: SeriesOf,
    calls: CallReader,
    slots: Range<i64>,
    /// The number of time slots of a point.
    width: i64,
    first: Vec<Totals>,
    second: Vec<Totals>,
}

impl SeriesPoints {
    pub(crate) fn finish(&self) -> SeriesView {
        let has_calls = self.first.iter().any(|sum| sum.calls > 0);
        let sums = if has_calls { &self.first } else { &self.second };
        let length = self.width.saturating_mul(i64::try_from(sums.len()).unwrap_or(i64::MAX));
        SeriesView {
            from: self.slots.start.saturating_mul(CELL_MILLIS),
            to: self.slots.start.saturating_add(length).saturating_mul(CELL_MILLIS),
            width: self.width.saturating_mul(CELL_MILLIS),
            points: sums.iter().map(point).collect(),
        }
    }
}

impl Reader for SeriesPoints {
    fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        let sums = match priority(&self.of, &self.calls, &series.subject) {
            Some(Priority::First) => &mut self.first,
            Some(Priority::Second) => &mut self.second,
            None => return 0,
        };
        let mut bytes = 0;
        for (slot, totals) in series.cells(self.slots.clone()) {
            let at = usize::try_from(slot.saturating_sub(self.slots.start) / self.width);
            if let Some(sum) = at.ok().and_then(|at| sums.get_mut(at)) {
                let before = sum.heap_bytes();
                sum.merge(totals);
                bytes += sum.heap_bytes() - before;
            }
        }
        bytes
    }
}

fn is_call<N>(subject: &Subject<N>) -> bool {
    matches!(subject, Subject::Sent { .. } | Subject::Received { .. })
}

/// Returns whether the cells of a subject are of the series, and their priority.
fn priority<N: AsRef<str>>(
    of: &SeriesOf,
    calls: &CallReader,
    subject: &Subject<N>,
) -> Option<Priority> {
    let is = |wanted: &str, name: &N| wanted == name.as_ref();
    let first = |found: bool| found.then_some(Priority::First);
    match (of, subject) {
        (SeriesOf::Service { service: wanted }, Subject::Service { service }) => {
            first(is(wanted, service))
        }
        // A service by that name has priority.
        (SeriesOf::Service { service: wanted }, Subject::Access { name, .. }) => {
            is(wanted, name).then_some(Priority::Second)
        }
        (
            SeriesOf::Instance { service: of_service, instance: wanted },
            Subject::Instance { service, instance },
        ) => first(is(of_service, service) && is(wanted, instance)),
        (
            SeriesOf::Endpoint { service: of_service, endpoint: wanted },
            Subject::Endpoint { service, endpoint },
        ) => first(is(of_service, service) && is(wanted, endpoint)),
        // What the caller reported has priority.
        (SeriesOf::Call { source, target }, _) => {
            calls.reported_by(subject, source, target).map(|point| match point {
                DetectPoint::Client => Priority::First,
                DetectPoint::Server => Priority::Second,
            })
        }
        _ => None,
    }
}
