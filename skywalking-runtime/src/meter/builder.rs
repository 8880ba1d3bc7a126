//! Registers meters.

use super::counter::Counter;
use super::error::MeterError;
use super::histogram::{Buckets, Histogram};
use super::name::{Name, labels};
use super::registry::{Kind, Meter, register};

/// A meter that is not registered yet.
#[must_use = "`register` registers it"]
#[derive(Debug)]
pub struct MeterBuilder<K> {
    name: String,
    labels: Vec<(String, String)>,
    kind: K,
}

impl<K> MeterBuilder<K> {
    fn new(name: impl Into<String>, kind: K) -> Self {
        Self { name: name.into(), labels: Vec::new(), kind }
    }

    /// Adds a label. The values of a label must be few: each combination is a meter.
    ///
    /// A value is cut to 200 characters (UTF-16 units), and control characters are replaced by `_`.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// Registers a meter, or returns the one with the same name and labels.
    fn find(self, kind: impl FnOnce(K) -> Result<Kind, MeterError>) -> Result<Found, MeterError> {
        let labels = labels(&self.name, &self.labels)?;
        let name = Name::new(&self.name)?;
        Ok(Found {
            meter: register(Meter { name, labels, kind: kind(self.kind)? })?,
            name: self.name,
        })
    }
}

/// A registered meter, and the name by which it was looked up.
struct Found {
    meter: &'static Meter,
    name: String,
}

impl Found {
    fn other_kind(self) -> MeterError {
        MeterError::OtherKind { name: self.name, registered: self.meter.kind.as_str() }
    }
}

/// Kinds of meters, as parameters of [`MeterBuilder`].
#[doc(hidden)]
pub mod kinds {
    #[derive(Debug)]
    pub struct OfCounter;

    pub struct OfGauge(pub(super) Box<dyn Fn() -> f64 + Send + Sync>);

    impl std::fmt::Debug for OfGauge {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("OfGauge")
        }
    }

    #[derive(Debug)]
    pub struct OfHistogram(pub(super) Vec<i64>);
}

/// Starts the registration of a [`Counter`].
pub fn counter(name: impl Into<String>) -> MeterBuilder<kinds::OfCounter> {
    MeterBuilder::new(name, kinds::OfCounter)
}

impl MeterBuilder<kinds::OfCounter> {
    /// Registers the counter. A counter with the same name and labels is the same one.
    ///
    /// # Errors
    ///
    /// Fails if the backend could not take the meter, or if the limit of meters is reached.
    pub fn register(self) -> Result<Counter, MeterError> {
        let found = self.find(|_| Ok(Kind::Counter(std::sync::atomic::AtomicU64::new(0))))?;
        match &found.meter.kind {
            Kind::Counter(total) => Ok(Counter(total)),
            _ => Err(found.other_kind()),
        }
    }
}

/// Starts the registration of a gauge: a number that can rise and fall, such as the length of a
/// queue.
///
/// The reporter's thread calls `read` each time meters are reported. It must return quickly: spans
/// are not sent meanwhile. If it panics, or returns a value that isn't finite, only this meter is
/// left out of the report
/// ([`Diagnostic::GaugePanicked`](crate::stats::Diagnostic::GaugePanicked),
/// [`Diagnostic::MeterValueIgnored`](crate::stats::Diagnostic::MeterValueIgnored)).
///
/// ```
/// use std::sync::{Mutex, Weak, Arc};
/// use skywalking_runtime::meter;
///
/// let queue = Arc::new(Mutex::new(vec![1, 2, 3]));
/// let weak: Weak<_> = Arc::downgrade(&queue);
/// meter::gauge("jobs_waiting", move || {
///     weak.upgrade().map_or(f64::NAN, |queue| queue.lock().unwrap().len() as f64)
/// })
/// .label("queue", "mail")
/// .register()?;
/// # Ok::<(), meter::MeterError>(())
/// ```
pub fn gauge(
    name: impl Into<String>,
    read: impl Fn() -> f64 + Send + Sync + 'static,
) -> MeterBuilder<kinds::OfGauge> {
    MeterBuilder::new(name, kinds::OfGauge(Box::new(read)))
}

impl MeterBuilder<kinds::OfGauge> {
    /// Registers the gauge. It is read until the process ends.
    ///
    /// # Errors
    ///
    /// Fails if the backend could not take the meter, if the limit of meters is reached, or if a
    /// gauge with the same name and labels is registered.
    pub fn register(self) -> Result<(), MeterError> {
        self.find(|kind| Ok(Kind::Gauge(kind.0))).map(|_| ())
    }
}

/// Starts the registration of a [`Histogram`] with these bounds between its buckets.
///
/// The bounds are whole numbers, because the OAP rounds them: use milliseconds, not seconds. The
/// first bucket begins at 0, or at minus infinity if a bound is negative. Values below it are
/// counted in it.
pub fn histogram(
    name: impl Into<String>,
    bounds: impl IntoIterator<Item = i64>,
) -> MeterBuilder<kinds::OfHistogram> {
    MeterBuilder::new(name, kinds::OfHistogram(bounds.into_iter().collect()))
}

impl MeterBuilder<kinds::OfHistogram> {
    /// Registers the histogram. A histogram with the same name and labels is the same one.
    ///
    /// # Errors
    ///
    /// Fails if the backend could not take the meter, if the limit of meters is reached, if the
    /// bounds are not ascending, or if a histogram with the same name has others.
    pub fn register(self) -> Result<Histogram, MeterError> {
        let name = self.name.clone();
        let found = self.find(|kind| Ok(Kind::Histogram(Buckets::new(&name, &kind.0)?)))?;
        match &found.meter.kind {
            Kind::Histogram(buckets) => Ok(Histogram(buckets)),
            _ => Err(found.other_kind()),
        }
    }
}
