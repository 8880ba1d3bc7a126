//! The values of all meters at one moment.

use super::registry::{Kind, Meter, all};
use crate::util::catch_panic::catch_panic;
use crate::util::diagnostics::{self, Diagnostic};

/// A meter and its value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// The name as it is reported.
    pub name: String,
    /// The labels as they are reported, sorted by name.
    pub labels: Vec<(String, String)>,
    /// The value.
    pub value: Value,
}

/// The value of a meter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// The total of a counter.
    Counter(u64),
    /// The value of a gauge. It is finite.
    Gauge(f64),
    /// The lower bound of each bucket of a histogram, with the number of values in that bucket.
    Histogram(Vec<(f64, u64)>),
}

/// Returns the value of each registered meter, in the order of registration. Calls the closures of
/// gauges.
///
/// A gauge that panics or returns a value that is not finite is left out. The agent's own meters
/// are not included.
///
/// ```
/// use skywalking_runtime::meter::{self, Value};
///
/// meter::gauge("seats", || 12.0).register()?;
/// let seats = meter::read().into_iter().find(|reading| reading.name == "seats").unwrap();
/// assert_eq!(seats.value, Value::Gauge(12.0));
/// # Ok::<(), meter::MeterError>(())
/// ```
pub fn read() -> Vec<Reading> {
    all().filter_map(read_one).collect()
}

fn read_one(meter: &Meter) -> Option<Reading> {
    let value = match &meter.kind {
        Kind::Counter(total) => Value::Counter(super::Counter::total(total)),
        Kind::Gauge(read) => {
            let Some(value) = catch_panic(read) else {
                diagnostics::count(Diagnostic::GaugePanicked);
                return None;
            };
            if !value.is_finite() {
                diagnostics::count(Diagnostic::MeterValueIgnored);
                return None;
            }
            Value::Gauge(value)
        }
        Kind::Histogram(buckets) => Value::Histogram(buckets.read().collect()),
    };
    Some(Reading { name: meter.name.reported.clone(), labels: meter.labels.clone(), value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::{counter, gauge, histogram};

    /// Returns the values of the meters whose names begin with this.
    fn values(prefix: &str) -> Vec<Value> {
        let readings = read().into_iter().filter(|reading| reading.name.starts_with(prefix));
        readings.map(|reading| reading.value).collect()
    }

    #[test]
    fn panicking_gauge_is_counted_and_others_are_read() {
        gauge("read_a_bad", || panic!("no")).register().unwrap();
        gauge("read_a_nan", || f64::NAN).register().unwrap();
        gauge("read_a_good", || 3.5).register().unwrap();
        counter("read_a_counter").register().unwrap().add(7);
        let before = diagnostics::read(Diagnostic::GaugePanicked);
        let ignored = diagnostics::read(Diagnostic::MeterValueIgnored);
        assert_eq!(values("read_a"), [Value::Gauge(3.5), Value::Counter(7)]);
        assert!(diagnostics::read(Diagnostic::GaugePanicked) > before);
        assert!(diagnostics::read(Diagnostic::MeterValueIgnored) > ignored);
    }

    #[test]
    fn gauge_may_register_and_read_meters() {
        gauge("read_b_outer", || {
            let inner = counter("read_b_inner").register().unwrap();
            inner.add(1);
            f64::from(u32::try_from(all().count()).unwrap())
        })
        .register()
        .unwrap();
        let values = values("read_b");
        assert!(matches!(values.as_slice(), [Value::Gauge(count), ..] if *count >= 2.0));
    }

    // Feature: meters
    #[test]
    fn random_updates_of_eight_threads_are_exact() {
        const UPDATES: u64 = 1_000;
        let total = counter("read_c_total").register().unwrap();
        let sizes = histogram("read_c_sizes", [100, 1_000]).register().unwrap();
        let sums: Vec<(u64, [u64; 3])> = std::thread::scope(|scope| {
            let threads: Vec<_> = (1..=8_u64)
                .map(|seed| {
                    scope.spawn(move || {
                        let (mut state, mut sum, mut counts) = (seed, 0, [0; 3]);
                        for _ in 0..UPDATES {
                            // The generator of POSIX's `rand`.
                            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                            let value = (state >> 16) % 3_000;
                            total.add(value);
                            sizes.record(f64::from(u32::try_from(value).unwrap()));
                            sum += value;
                            counts[usize::from(value >= 100) + usize::from(value >= 1_000)] += 1;
                        }
                        (sum, counts)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let sum = sums.iter().map(|(sum, _)| sum).sum::<u64>();
        let in_bucket = |place: usize| sums.iter().map(|(_, counts)| counts[place]).sum::<u64>();
        let buckets = [(0.0, in_bucket(0)), (100.0, in_bucket(1)), (1_000.0, in_bucket(2))];
        assert_eq!(values("read_c"), [Value::Counter(sum), Value::Histogram(buckets.to_vec())]);
        assert_eq!(buckets.iter().map(|(_, count)| count).sum::<u64>(), 8 * UPDATES);
    }
}
