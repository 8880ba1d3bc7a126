//! Reported meters as series over time.

use serde::{Deserialize, Serialize};

use super::trace::KeyValue;

/// The largest number of series that one query returns.
pub const MAX_SERIES: usize = 5_000;
/// The number of series that a query returns by default.
const DEFAULT_SERIES: usize = 500;

/// The kind of a meter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum MeterKind {
    /// A counter or a gauge. The protocol does not distinguish them.
    #[default]
    Single,
    /// A histogram.
    Histogram,
}

/// The series of a meter: one service instance, one name and one set of labels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MeterView {
    /// The service, cut as in the OAP.
    pub service: String,
    /// The service instance, cut as in the OAP.
    pub service_instance: String,
    /// The name of the meter.
    pub name: String,
    /// Whether it is a single value or a histogram.
    pub kind: MeterKind,
    /// The labels, sorted by name.
    pub labels: Vec<KeyValue>,
    /// The times of the points in epoch milliseconds, the earliest first.
    pub times: Vec<i64>,
    /// The values of the points. Empty for a histogram.
    pub values: Vec<f64>,
    /// The lower bounds of a histogram's buckets. `None` is minus infinity.
    pub bounds: Vec<Option<f64>>,
    /// The counts of a histogram's buckets, for each point. The counts run over time.
    pub counts: Vec<Vec<i64>>,
}

/// Selects series of meters, sorted by service, instance, name and labels.
///
/// ```
/// use skywalking_collector::MeterQuery;
///
/// let jobs = MeterQuery::new().service("shop").name("jobs_total");
/// # let _ = jobs;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterQuery {
    pub(crate) service: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) limit: usize,
}

impl MeterQuery {
    /// Selects all series, 500 at most.
    pub const fn new() -> Self {
        Self {
            service: None,
            instance: None,
            name: None,
            from: None,
            to: None,
            limit: DEFAULT_SERIES,
        }
    }

    /// Selects the series of this service.
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Selects the series of this service instance.
    #[must_use]
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = Some(name.into());
        self
    }

    /// Selects the series of this meter.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Selects the points of this time or later, in epoch milliseconds.
    #[must_use]
    pub const fn from(mut self, time: i64) -> Self {
        self.from = Some(time);
        self
    }

    /// Selects the points before this time, in epoch milliseconds.
    #[must_use]
    pub const fn to(mut self, time: i64) -> Self {
        self.to = Some(time);
        self
    }

    /// Sets the largest number of series. The default is 500, the maximum [`MAX_SERIES`].
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

impl Default for MeterQuery {
    fn default() -> Self {
        Self::new()
    }
}
