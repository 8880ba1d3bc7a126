//! The rules of a batch of meters.

use super::super::lengths::quoted;
use super::{Found, RecordRule};
use crate::v3::meter_data::Metric;
use crate::v3::{Label, MeterBucketValue, MeterData};

/// The labels that the OAP adds to each meter.
const RESERVED: [&str; 2] = ["service", "instance"];
/// The label that the OAP adds to each bucket of a histogram.
const BUCKET_LABEL: &str = "le";

/// Returns the violations of a batch, at most 100: the meters of one call of `collect`, or of one
/// message of `collectBatch`. `now` is in epoch milliseconds.
pub fn meter_violations(batch: &[MeterData], now: i64) -> Vec<RecordRule> {
    let mut found = Found::new("batch of meters", now);
    let (mut service, mut instance, mut time) = ("", "", 0);
    let mut has_meter = false;
    for element in batch {
        let Some(metric) = &element.metric else {
            found.add(RecordRule::NoMeter);
            continue;
        };
        has_meter = true;
        if !element.service.is_empty() {
            service = &element.service;
        }
        if !element.service_instance.is_empty() {
            instance = &element.service_instance;
        }
        if element.timestamp != 0 {
            time = element.timestamp;
        }
        metric_rules(&mut found, metric);
    }
    if has_meter {
        for (name, is_missing) in [
            ("service", service.is_empty()),
            ("instance", instance.is_empty()),
            ("time", time == 0),
        ] {
            if is_missing {
                found.add(RecordRule::NoSource { name });
            }
        }
    }
    if time != 0 {
        found.time(time);
    }
    found.rules
}

fn metric_rules(found: &mut Found, metric: &Metric) {
    let (name, labels) = match metric {
        Metric::SingleValue(single) => (&single.name, &single.labels),
        Metric::Histogram(histogram) => (&histogram.name, &histogram.labels),
    };
    if !is_identifier(name) {
        found.add(RecordRule::MeterName { meter: quoted(name) });
    }
    labels_of(found, name, labels, matches!(metric, Metric::Histogram(_)));
    match metric {
        Metric::SingleValue(single) if !single.value.is_finite() => {
            found.add(RecordRule::MeterValue { meter: quoted(name) });
        }
        Metric::SingleValue(_) => {}
        Metric::Histogram(histogram) => buckets(found, name, &histogram.values),
    }
}

fn is_identifier(name: &str) -> bool {
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn labels_of(found: &mut Found, meter: &str, labels: &[Label], is_histogram: bool) {
    let mut names: Vec<_> = labels.iter().map(|label| label.name.as_str()).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [first, second] = pair
            && first == second
        {
            let (meter, label) = (quoted(meter), quoted(first));
            found.add(RecordRule::LabelTwice { meter, label });
        }
    }
    for label in names {
        if RESERVED.contains(&label) || (is_histogram && label == BUCKET_LABEL) {
            let (meter, label) = (quoted(meter), quoted(label));
            found.add(RecordRule::LabelReserved { meter, label });
        }
    }
    for label in labels {
        if !crate::storage::is_storable(&label.value) {
            let value = quoted(&label.value);
            found.add(RecordRule::Nul { what: "meter", name: "label", value });
        }
    }
}

fn buckets(found: &mut Found, meter: &str, values: &[MeterBucketValue]) {
    let bound = |value: &MeterBucketValue| {
        if value.is_negative_infinity { f64::NEG_INFINITY } else { value.bucket }
    };
    let is_wrong = |pair: &[MeterBucketValue]| matches!(pair, [first, second] if !matches!(bound(first).partial_cmp(&bound(second)), Some(std::cmp::Ordering::Less)));
    if values.windows(2).any(is_wrong) || values.iter().any(|value| value.count < 0) {
        found.add(RecordRule::Buckets { meter: quoted(meter) });
        return;
    }
    let same = values.windows(2).find_map(|pair| match pair {
        [first, second] => Some((bound(first), bound(second)))
            .filter(|(first, second)| first.is_finite() && first.trunc() >= second.trunc()),
        _ => None,
    });
    if let Some((first, second)) = same {
        let bounds = format!("{first} and {second}");
        found.add(RecordRule::BucketFractions { meter: quoted(meter), bounds });
    }
}
