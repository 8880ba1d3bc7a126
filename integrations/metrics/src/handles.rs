//! What the facade's handles update.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{CounterFn, GaugeFn, HistogramFn};
use skywalking_runtime::meter::{Counter, Histogram};

use crate::units::Factor;

pub(crate) struct CounterHandle {
    pub(crate) counter: Counter,
    pub(crate) factor: Factor,
}

impl CounterHandle {
    /// Converts seconds. A counter has whole numbers, so smaller units are unchanged.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is 1000 or less"
    )]
    fn scaled(&self, value: u64) -> u64 {
        value.saturating_mul(self.factor.get().max(1.0) as u64)
    }
}

impl CounterFn for CounterHandle {
    fn increment(&self, value: u64) {
        self.counter.add(self.scaled(value));
    }

    fn absolute(&self, value: u64) {
        self.counter.raise_to(self.scaled(value));
    }
}

/// The value of a gauge. It is converted when it is read.
#[derive(Debug, Default)]
pub(crate) struct GaugeHandle(AtomicU64);

impl GaugeHandle {
    pub(crate) fn value(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    fn update(&self, change: impl Fn(f64) -> f64) {
        let changed = |bits| Some(change(f64::from_bits(bits)).to_bits());
        // Never fails, since the closure always returns a value.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, changed);
    }
}

impl GaugeFn for GaugeHandle {
    fn increment(&self, value: f64) {
        self.update(|old| old + value);
    }

    fn decrement(&self, value: f64) {
        self.update(|old| old - value);
    }

    fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }
}

pub(crate) struct HistogramHandle {
    pub(crate) histogram: Histogram,
    pub(crate) factor: Factor,
}

impl HistogramFn for HistogramHandle {
    fn record(&self, value: f64) {
        self.histogram.record(value * self.factor.get());
    }

    fn record_many(&self, value: f64, count: usize) {
        self.histogram.record_many(value * self.factor.get(), count as u64);
    }
}
