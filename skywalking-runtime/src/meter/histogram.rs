//! Values counted by bucket.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::error::{BoundsProblem, MeterError};
use crate::util::diagnostics::{self, Diagnostic};

/// The most buckets of a histogram.
const MOST: usize = 100;
/// Whole numbers up to this are exact as `f64`.
const EXACT: u64 = 1 << 53;

/// Values counted by bucket, such as durations.
///
/// [`histogram`](super::histogram) registers one.
///
/// ```
/// use std::time::Duration;
/// use skywalking_runtime::meter;
///
/// let sizes = meter::histogram("upload_kib", [1, 16, 256]).register()?;
/// sizes.record(20.0);
/// assert_eq!(sizes.buckets().collect::<Vec<_>>(), [(0.0, 0), (1.0, 0), (16.0, 1), (256.0, 0)]);
/// # Ok::<(), meter::MeterError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Histogram(pub(super) &'static Buckets);

impl Histogram {
    /// Counts a value. Takes no lock and does not allocate. A value that isn't a number is not
    /// counted ([`Diagnostic::MeterValueIgnored`](crate::stats::Diagnostic::MeterValueIgnored)).
    #[inline]
    pub fn record(self, value: f64) {
        self.0.record(value, 1);
    }

    /// Counts a value this often.
    #[inline]
    pub fn record_many(self, value: f64, count: u64) {
        self.0.record(value, count);
    }

    /// Counts a duration in milliseconds, with fractions.
    #[inline]
    pub fn record_duration(self, duration: Duration) {
        self.0.record(duration.as_secs_f64() * 1_000.0, 1);
    }

    /// Returns the lower bound of each bucket, and how many values it has. The last bucket has no
    /// upper bound.
    pub fn buckets(self) -> impl Iterator<Item = (f64, u64)> {
        self.0.read()
    }
}

/// The buckets of a histogram.
#[derive(Debug)]
pub(super) struct Buckets {
    /// The lower bounds, ascending. The first may be minus infinity, all others are whole numbers.
    bounds: Vec<f64>,
    counts: Vec<AtomicU64>,
}

impl Buckets {
    /// Creates buckets between these bounds. They begin at 0, or at minus infinity if a bound is
    /// negative.
    pub(super) fn new(name: &str, bounds: &[i64]) -> Result<Self, MeterError> {
        let wrong = |problem| MeterError::Bounds { name: name.to_owned(), problem };
        let first = *bounds.first().ok_or_else(|| wrong(BoundsProblem::None))?;
        if let Some(next) = bounds.iter().zip(bounds.iter().skip(1)).find(|(a, b)| a >= b) {
            return Err(wrong(BoundsProblem::NotAscending(*next.0, *next.1)));
        }
        if let Some(large) = bounds.iter().find(|bound| bound.unsigned_abs() > EXACT) {
            return Err(wrong(BoundsProblem::TooLarge(*large)));
        }
        let lowest = match first {
            ..0 => Some(f64::NEG_INFINITY),
            0 => None,
            1.. => Some(0.0),
        };
        #[allow(clippy::cast_precision_loss, reason = "checked above")]
        let bounds: Vec<f64> =
            lowest.into_iter().chain(bounds.iter().map(|bound| *bound as f64)).collect();
        if bounds.len() > MOST {
            return Err(wrong(BoundsProblem::TooMany(bounds.len(), MOST)));
        }
        let counts = bounds.iter().map(|_| AtomicU64::new(0)).collect();
        Ok(Self { bounds, counts })
    }

    /// Returns true if both have the same bounds.
    pub(super) fn matches(&self, other: &Self) -> bool {
        self.bounds == other.bounds
    }

    fn record(&self, value: f64, number: u64) {
        if value.is_nan() {
            return diagnostics::count(Diagnostic::MeterValueIgnored);
        }
        // A value below the first bound is counted in the first bucket.
        let place = self.bounds.partition_point(|bound| *bound <= value).saturating_sub(1);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(number, Ordering::Relaxed);
        }
    }

    /// Returns the lower bound of each bucket with its count.
    pub(super) fn read(&self) -> impl Iterator<Item = (f64, u64)> + use<'_> {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        self.bounds.iter().copied().zip(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(bounds: &[i64]) -> Vec<f64> {
        Buckets::new("h", bounds).unwrap().bounds
    }

    #[test]
    fn buckets_begin_at_zero_or_minus_infinity() {
        assert_eq!(lower(&[5, 10]), [0.0, 5.0, 10.0]);
        assert_eq!(lower(&[0, 10]), [0.0, 10.0]);
        assert_eq!(lower(&[-5, 10]), [f64::NEG_INFINITY, -5.0, 10.0]);
    }

    #[test]
    fn values_are_counted_in_the_bucket_that_begins_at_or_below() {
        let buckets = Buckets::new("h", &[5, 10]).unwrap();
        for value in [-3.0, 0.0, 4.999, 5.0, 9.0, 10.0, 1e300, f64::INFINITY] {
            buckets.record(value, 1);
        }
        assert_eq!(buckets.read().collect::<Vec<_>>(), [(0.0, 3), (5.0, 2), (10.0, 3)]);
        let before = diagnostics::read(Diagnostic::MeterValueIgnored);
        buckets.record(f64::NAN, 1);
        assert!(diagnostics::read(Diagnostic::MeterValueIgnored) > before);
        assert_eq!(buckets.read().map(|(_, count)| count).sum::<u64>(), 8);
    }

    #[test]
    fn wrong_bounds_are_refused() {
        let problem = |bounds: &[i64]| Buckets::new("h", bounds).unwrap_err().to_string();
        let hundred: Vec<i64> = (1..=100).collect();
        for (bounds, expected) in [
            (&[][..], "no bounds"),
            (&[5, 5], "5 is not below 5"),
            (&[5, 4], "5 is not below 4"),
            (&[i64::MAX], "9223372036854775807 is too large"),
            (&hundred, "101 buckets"),
        ] {
            let text = problem(bounds);
            assert!(text.starts_with("meter \"h\": ") && text.contains(expected), "{text}");
        }
        assert_eq!(lower(&hundred[..99]).len(), MOST);
    }
}
