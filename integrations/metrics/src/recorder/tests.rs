use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use skywalking_runtime::meter::Value;
use skywalking_runtime::stats::{self, Diagnostic};

use super::*;

/// Returns the meters whose names begin with this, as `name{label=value} value`.
fn meters(prefix: &str) -> Vec<String> {
    let readings = meter::read().into_iter().filter(|meter| meter.name.starts_with(prefix));
    readings
        .map(|meter| {
            let labels: Vec<_> =
                meter.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let value = match meter.value {
                Value::Counter(total) => total.to_string(),
                Value::Gauge(value) => value.to_string(),
                Value::Histogram(buckets) => {
                    let counts = buckets.iter().filter(|(_, count)| *count > 0);
                    let counts = counts.map(|(lower, count)| format!("{lower}:{count}"));
                    counts.collect::<Vec<_>>().join(" ")
                }
                other => format!("{other:?}"),
            };
            format!("{}{{{}}} {value}", meter.name, labels.join(","))
        })
        .collect()
}

// Feature: metrics facade
#[test]
fn facade_updates_meters_with_labels() {
    metrics::with_local_recorder(&Recorder::new(), || {
        for code in ["200", "500", "200"] {
            counter!("fa.requests", "code" => code, "method" => "GET").increment(2);
        }
        counter!("fa.absolute").absolute(9);
        counter!("fa.absolute").absolute(3);
        gauge!("fa.open").set(5.0);
        gauge!("fa.open").increment(2.5);
        gauge!("fa.open").decrement(0.5);
        histogram!("fa.sizes").record(7.0);
        histogram!("fa.sizes").record_many(30.0, 4);
    });
    assert_eq!(
        meters("fa_"),
        [
            "fa_requests{code=200,method=GET} 4",
            "fa_requests{code=500,method=GET} 2",
            "fa_absolute{} 9",
            "fa_open{} 7",
            "fa_sizes{} 5:1 25:4",
        ]
    );
}

#[test]
fn durations_are_reported_in_milliseconds() {
    metrics::with_local_recorder(&Recorder::new(), || {
        describe_histogram!("un.described", Unit::Seconds, "");
        describe_histogram!("un.micros", Unit::Microseconds, "");
        describe_counter!("un.busy", Unit::Seconds, "");
        histogram!("un.described").record(0.030);
        histogram!("un.micros").record(30_000.0);
        histogram!("un.http_seconds").record(0.030);
        histogram!("un.plain").record(0.030);
        counter!("un.busy").increment(3);
        gauge!("un.age").set(1.5);
        // Applies to a gauge that has a value.
        describe_gauge!("un.age", Unit::Seconds, "");
    });
    assert_eq!(
        meters("un_"),
        [
            "un_described{} 25:1",
            "un_micros{} 25:1",
            "un_http_seconds{} 25:1",
            "un_plain{} 0:1",
            "un_busy{} 3000",
            "un_age{} 1500",
        ]
    );
}

#[test]
fn buckets_are_those_of_the_setting() {
    let recorder = Recorder::new().buckets([100]).buckets_of("bu.db.*", [3, 6]);
    metrics::with_local_recorder(&recorder, || {
        histogram!("bu.db.rows").record(4.0);
        histogram!("bu.other").record(400.0);
    });
    assert_eq!(meters("bu_"), ["bu_db_rows{} 3:1", "bu_other{} 100:1"]);
}

#[test]
fn refused_metrics_are_counted_and_others_work() {
    let before = stats::read().count(Diagnostic::MeterRefused);
    let recorder = Recorder::new().buckets([5, 5]);
    metrics::with_local_recorder(&recorder, || {
        counter!("re.total").increment(1);
        for _ in 0..3 {
            counter!("re_total").increment(1); // reported like re.total
        }
        gauge!("re.total").set(1.0); // another kind
        counter!("re.labelled", "service" => "x").increment(1);
        histogram!("re.bounds").record(1.0);
        counter!("re.last").increment(4);
    });
    assert_eq!(meters("re_"), ["re_total{} 1", "re_last{} 4"]);
    assert_eq!(stats::read().count(Diagnostic::MeterRefused) - before, 6);
}

#[test]
fn threads_with_the_same_new_gauge_share_it() {
    let recorder = Recorder::new();
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                metrics::with_local_recorder(&recorder, || {
                    barrier.wait();
                    for _ in 0..100 {
                        gauge!("th.gauge").increment(1.0);
                    }
                });
            });
        }
    });
    assert_eq!(meters("th_"), ["th_gauge{} 800"]);
}
