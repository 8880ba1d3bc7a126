use skywalking_proto::v3::{MeterHistogram, MeterSingleValue};

use super::*;

fn single(name: &str, value: f64, labels: &[(&str, &str)]) -> Metric {
    let labels = labels
        .iter()
        .map(|(name, value)| Label { name: (*name).into(), value: (*value).into() })
        .collect();
    Metric::SingleValue(MeterSingleValue { name: name.into(), labels, value })
}

fn histogram(buckets: &[(f64, i64)]) -> Metric {
    let values = buckets
        .iter()
        .map(|(bucket, count)| MeterBucketValue {
            bucket: *bucket,
            count: *count,
            is_negative_infinity: *bucket == f64::NEG_INFINITY,
        })
        .collect();
    Metric::Histogram(MeterHistogram { name: "took".into(), labels: vec![], values })
}

const SOURCE: (&str, &str) = ("a", "a_1");

fn points(meters: &Meters, name: &str) -> Vec<(i64, f64)> {
    let mut found = meters.iter().filter(|(key, _)| key.name == name);
    let (_, points) = found.next().expect("stored");
    assert!(found.next().is_none(), "one series");
    points.points.iter().map(|point| (point.time, point.value)).collect()
}

#[test]
fn labels_in_any_order_are_one_series() {
    let mut meters = Meters::new(1_000_000);
    assert!(meters.insert(SOURCE, 20, single("a", 2.0, &[("x", "1"), ("y", "2")])));
    assert!(meters.insert(SOURCE, 10, single("a", 1.0, &[("y", "2"), ("x", "1")])));
    assert!(meters.insert(SOURCE, 20, single("a", 3.0, &[("y", "2"), ("x", "1")])));
    assert_eq!(points(&meters, "a"), [(10, 1.0), (20, 3.0)]);

    meters.insert(SOURCE, 20, single("a", 3.0, &[("x", "1")]));
    meters.insert(("a", "a_2"), 20, single("a", 3.0, &[("x", "1")]));
    assert_eq!(meters.len(), 3);
}

#[test]
fn values_that_cannot_be_shown_are_refused() {
    let mut meters = Meters::new(1_000_000);
    for wrong in [
        single("a", f64::NAN, &[]),
        single("a", f64::INFINITY, &[]),
        histogram(&[(1.0, 1), (1.0, 1)]),
        histogram(&[(0.0, 1), (f64::NEG_INFINITY, 1)]),
        histogram(&[(0.0, -1)]),
        histogram(&[(f64::NAN, 1)]),
    ] {
        assert!(!meters.insert(SOURCE, 1, wrong));
    }
    assert_eq!((meters.len(), meters.bytes()), (0, 0));
}

#[test]
fn other_buckets_begin_the_series_again() {
    let mut meters = Meters::new(1_000_000);
    assert!(meters.insert(SOURCE, 1, histogram(&[(f64::NEG_INFINITY, 1), (5.0, 2)])));
    assert!(meters.insert(SOURCE, 2, histogram(&[(f64::NEG_INFINITY, 2), (5.0, 2)])));
    assert_eq!(points(&meters, "took").len(), 2);
    assert!(meters.insert(SOURCE, 3, histogram(&[(f64::NEG_INFINITY, 2), (9.0, 2)])));
    assert_eq!(points(&meters, "took").len(), 1);
}

#[test]
fn points_and_series_are_limited() {
    let mut meters = Meters::new(100_000_000);
    for time in 0..2_000 {
        meters.insert(SOURCE, time, single("a", 1.0, &[]));
    }
    assert_eq!(points(&meters, "a").len(), MAX_POINTS);
    meters.insert(SOURCE, 2 * MAX_AGE_MS, single("a", 1.0, &[]));
    assert_eq!(points(&meters, "a").len(), 1);

    for number in 0..MAX_SERIES + 10 {
        meters.insert(SOURCE, 1, single(&format!("m{number}"), 1.0, &[]));
    }
    assert_eq!(
        (meters.len(), meters.by_update.len(), meters.evicted()),
        (MAX_SERIES, MAX_SERIES, 11)
    );

    let mut small = Meters::new(10_000);
    for number in 0..100 {
        small.insert(SOURCE, 1, single(&format!("m{number}"), 1.0, &[]));
        assert!(small.bytes() <= 10_000);
    }
    assert!(small.len() > 5 && small.len() < 30, "{}", small.len());
    small.insert(SOURCE, 1, single(&"m".repeat(100_000), 1.0, &[]));
    assert_eq!((small.len(), small.bytes()), (0, 0));
}

#[test]
fn points_of_a_query_stay_as_they_are() {
    let mut meters = Meters::new(1_000_000);
    meters.insert(SOURCE, 1, single("a", 1.0, &[]));
    let held = Arc::clone(meters.iter().next().expect("stored").1);
    meters.insert(SOURCE, 2, single("a", 2.0, &[]));
    assert_eq!((held.points.len(), points(&meters, "a").len()), (1, 2));
}
