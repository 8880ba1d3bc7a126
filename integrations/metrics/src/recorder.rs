//! The recorder of the facade.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use skywalking_runtime::meter::{self, MeterBuilder};

use crate::buckets::Buckets;
use crate::cache::Cache;
use crate::handles::{CounterHandle, GaugeHandle, HistogramHandle};
use crate::units::Units;

/// Registers metrics of the facade as meters of the runtime.
///
/// A process needs one. The gauges of a second one are refused, because a meter has one source.
///
/// ```
/// skywalking_metrics::Recorder::new()
///     .buckets([10, 100, 1_000, 10_000]) // of histograms without a rule
///     .buckets_of("http.*", [5, 50, 500])
///     .install()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Recorder {
    buckets: Buckets,
    units: Units,
    counters: Cache<Counter>,
    gauges: Cache<Gauge>,
    histograms: Cache<Histogram>,
}

impl Recorder {
    /// Creates a recorder with the default buckets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the bounds of histograms that no call of [`buckets_of`](Self::buckets_of) names, in the
    /// reported unit. Default: 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000 and 10 000.
    ///
    /// The bounds must be ascending. A histogram with other ones is refused.
    #[must_use]
    pub fn buckets(mut self, bounds: impl IntoIterator<Item = i64>) -> Self {
        self.buckets.set_others(bounds.into_iter().collect());
        self
    }

    /// Sets the bounds of the histograms with this name, as the program writes it. With `*` at its
    /// end it is the beginning of names. The first call that matches is used.
    #[must_use]
    pub fn buckets_of(
        mut self,
        pattern: impl Into<String>,
        bounds: impl IntoIterator<Item = i64>,
    ) -> Self {
        self.buckets.add(pattern.into(), bounds.into_iter().collect());
        self
    }

    /// Makes it the recorder of the process.
    ///
    /// # Errors
    ///
    /// Fails if the process has a recorder.
    pub fn install(self) -> Result<(), AlreadyInstalled> {
        metrics::set_global_recorder(self).map_err(|_| AlreadyInstalled)
    }

    fn describe(&self, key: &KeyName, unit: Option<Unit>) {
        if let Some(unit) = unit {
            self.units.describe(key.as_str(), unit);
        }
    }
}

/// The process has a recorder of the facade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyInstalled;

impl fmt::Display for AlreadyInstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process has a metrics recorder; install only one")
    }
}

impl Error for AlreadyInstalled {}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("buckets", &self.buckets).finish_non_exhaustive()
    }
}

/// Adds the labels of a key.
fn labelled<K>(builder: MeterBuilder<K>, key: &Key) -> MeterBuilder<K> {
    key.labels().fold(builder, |builder, label| builder.label(label.key(), label.value()))
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let handle = self.counters.find(key, || {
            let counter = labelled(meter::counter(key.name()), key).register()?;
            let factor = self.units.find(key.name(), 1.0);
            Ok(Counter::from_arc(Arc::new(CounterHandle { counter, factor })))
        });
        handle.unwrap_or_else(Counter::noop)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let handle = self.gauges.find(key, || {
            let value = Arc::new(GaugeHandle::default());
            let (read, factor) = (Arc::clone(&value), self.units.find(key.name(), 1.0));
            let gauge = meter::gauge(key.name(), move || read.value() * factor.get());
            labelled(gauge, key).register()?;
            Ok(Gauge::from_arc(value))
        });
        handle.unwrap_or_else(Gauge::noop)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let handle = self.histograms.find(key, || {
            let bounds = self.buckets.of(key.name()).iter().copied();
            let histogram = labelled(meter::histogram(key.name(), bounds), key).register()?;
            let otherwise = if key.name().ends_with("seconds") { 1_000.0 } else { 1.0 };
            let factor = self.units.find(key.name(), otherwise);
            Ok(Histogram::from_arc(Arc::new(HistogramHandle { histogram, factor })))
        });
        handle.unwrap_or_else(Histogram::noop)
    }
}

#[cfg(test)]
mod tests;
