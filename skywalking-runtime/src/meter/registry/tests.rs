use std::collections::BTreeSet;
use std::sync::Barrier;

use super::*;
use crate::meter::name::labels;

/// Creates a registry of its own: the process has one for all tests.
fn places() -> &'static Places {
    Box::leak(Box::new([const { OnceBox::new() }; LIMIT]))
}

fn meter(name: &str, label: Option<&str>, kind: Kind) -> Meter {
    let given: Vec<_> = label.iter().map(|value| ("l".to_owned(), (*value).to_owned())).collect();
    Meter { name: Name::new(name).unwrap(), labels: labels(name, &given).unwrap(), kind }
}

fn counter(name: &str, label: Option<&str>) -> Meter {
    meter(name, label, Kind::Counter(AtomicU64::new(0)))
}

fn gauge(name: &str, label: Option<&str>) -> Meter {
    meter(name, label, Kind::Gauge(Box::new(|| 1.0)))
}

fn histogram(name: &str, bounds: &[i64]) -> Meter {
    meter(name, None, Kind::Histogram(Buckets::new(name, bounds).unwrap()))
}

#[test]
fn same_name_and_labels_are_the_same_meter() {
    let places = places();
    let first = register_in(places, counter("a", Some("x"))).unwrap();
    let again = register_in(places, counter("a", Some("x"))).unwrap();
    let other = register_in(places, counter("a", Some("y"))).unwrap();
    let without = register_in(places, counter("a", None)).unwrap();
    assert!(std::ptr::eq(first, again));
    assert!(!std::ptr::eq(first, other) && !std::ptr::eq(other, without));
    register_in(places, histogram("h", &[1, 2])).unwrap();
    register_in(places, histogram("h", &[1, 2])).unwrap();
    assert_eq!(places.iter().filter(|place| place.get().is_some()).count(), 4);
}

#[test]
fn meters_that_cannot_exist_side_by_side_are_refused() {
    let places = places();
    register_in(places, counter("http.requests", None)).unwrap();
    register_in(places, gauge("depth", None)).unwrap();
    register_in(places, histogram("h", &[1, 2])).unwrap();
    register_in(places, gauge("depth", Some("other labels"))).unwrap();
    for (refused, expected) in [
        (
            counter("http_requests", Some("x")),
            r#"meter "http_requests": it is reported as `http_requests`, and so is the meter "http.requests"; rename one of them"#,
        ),
        (
            gauge("http.requests", Some("x")),
            r#"meter "http.requests": the name belongs to a counter; choose another name"#,
        ),
        (
            gauge("depth", None),
            r#"meter "depth": a gauge with this name and these labels is registered; add a label"#,
        ),
        (
            histogram("h", &[1, 3]),
            r#"meter "h": the name belongs to a histogram with other bounds; choose another name"#,
        ),
    ] {
        assert_eq!(register_in(places, refused).unwrap_err().to_string(), expected);
    }
}

#[test]
fn limit_of_meters_is_exact() {
    let places = places();
    for number in 0..LIMIT {
        register_in(places, counter("c", Some(&number.to_string()))).unwrap();
    }
    let error = register_in(places, counter("c", Some("one more"))).unwrap_err();
    assert_eq!(error, MeterError::TooMany { name: "c".to_owned() });
    assert!(register_in(places, counter("c", Some("7"))).is_ok());
}

#[test]
fn threads_that_register_at_once_get_one_meter_each() {
    let places = places();
    let barrier = Barrier::new(8);
    let found: Vec<BTreeSet<usize>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let meters = (0..50).map(|number| counter("c", Some(&number.to_string())));
                    meters
                        .map(|meter| {
                            std::ptr::from_ref(register_in(places, meter).unwrap()) as usize
                        })
                        .collect()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(found.iter().all(|meters| *meters == found[0] && meters.len() == 50));
    assert_eq!(places.iter().filter(|place| place.get().is_some()).count(), 50);
}
