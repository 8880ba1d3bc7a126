//! The messages of meters (`docs/protocol.md#meters`).

use bytes::Bytes;
use prost::Message as _;
#[cfg(any(feature = "report-custom", test))]
use prost::encoding::{WireType, encode_key, encode_varint};
use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::{Label, MeterBucketValue, MeterData, MeterHistogram, MeterSingleValue};

use crate::meter::{Reading, Value};

/// Encodes one meter. Each message has the service, the instance and the time, because the OAP
/// drops a batch without them.
pub(super) fn encode(reading: Reading, service: &str, instance: &str, milliseconds: i64) -> Bytes {
    let Reading { name, labels, value } = reading;
    let labels = labels.into_iter().map(|(name, value)| Label { name, value }).collect();
    let metric = match value {
        #[allow(clippy::cast_precision_loss, reason = "the protocol has no other type")]
        Value::Counter(total) => single(name, labels, total as f64),
        Value::Gauge(value) => single(name, labels, value),
        Value::Histogram(buckets) => {
            let values = buckets.into_iter().map(bucket).collect();
            Metric::Histogram(MeterHistogram { name, labels, values })
        }
    };
    let message = MeterData {
        service: service.to_owned(),
        service_instance: instance.to_owned(),
        timestamp: milliseconds,
        metric: Some(metric),
    };
    message.encode_to_vec().into()
}

/// Encodes the messages of a batch as one `MeterDataCollection`, the form of message queues.
#[cfg(any(feature = "report-custom", test))]
pub(crate) fn collection(messages: impl IntoIterator<Item = Bytes>) -> Bytes {
    let mut bytes = Vec::new();
    for message in messages {
        encode_key(1, WireType::LengthDelimited, &mut bytes);
        encode_varint(message.len() as u64, &mut bytes);
        bytes.extend_from_slice(&message);
    }
    bytes.into()
}

fn single(name: String, labels: Vec<Label>, value: f64) -> Metric {
    Metric::SingleValue(MeterSingleValue { name, labels, value })
}

fn bucket((lower, count): (f64, u64)) -> MeterBucketValue {
    let is_negative_infinity = lower == f64::NEG_INFINITY;
    MeterBucketValue {
        bucket: if is_negative_infinity { 0.0 } else { lower },
        count: i64::try_from(count).unwrap_or(i64::MAX),
        is_negative_infinity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::golden::compare;

    #[test]
    fn message_has_labels_buckets_and_identity() {
        let reading = |value| Reading {
            name: "m".to_owned(),
            labels: vec![("a".to_owned(), "1".to_owned())],
            value,
        };
        let decoded = |value| {
            MeterData::decode(encode(reading(value), "svc", "inst", 1_700_000_000_000)).unwrap()
        };
        let labels = vec![Label { name: "a".to_owned(), value: "1".to_owned() }];
        let counter = decoded(Value::Counter(7));
        assert_eq!(
            (counter.service.as_str(), counter.service_instance.as_str(), counter.timestamp),
            ("svc", "inst", 1_700_000_000_000)
        );
        let single = |value| single("m".to_owned(), labels.clone(), value);
        assert_eq!(counter.metric, Some(single(7.0)));
        assert_eq!(decoded(Value::Gauge(-0.5)).metric, Some(single(-0.5)));
        let buckets = vec![(f64::NEG_INFINITY, 1), (-5.0, 2), (10.0, u64::MAX)];
        let value = |bucket, count, is_negative_infinity| MeterBucketValue {
            bucket,
            count,
            is_negative_infinity,
        };
        let values = vec![value(0.0, 1, true), value(-5.0, 2, false), value(10.0, i64::MAX, false)];
        let histogram = MeterHistogram { name: "m".to_owned(), labels: labels.clone(), values };
        assert_eq!(decoded(Value::Histogram(buckets)).metric, Some(Metric::Histogram(histogram)));
    }

    const GOLDEN: &str = include_str!("../../../testdata/meters.hex");

    /// The meters of `testdata/meters.json`.
    fn golden() -> Bytes {
        let reading = |name: &str, labels: &[(&str, &str)], value| {
            let labels =
                labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Reading { name: name.to_owned(), labels: labels.collect(), value }
        };
        let buckets =
            vec![(f64::NEG_INFINITY, 1), (-5.0, 0), (0.0, 300), (250.0, 9_007_199_254_740_993)];
        let readings = [
            reading(
                "http_requests",
                &[("code", "200"), ("route", "/快照")],
                Value::Counter(1_234_567),
            ),
            reading("drift", &[], Value::Gauge(-0.125)),
            reading("latency", &[("pool", "")], Value::Histogram(buckets)),
        ];
        let encode = |reading| encode(reading, "网关", "gateway@10.0.0.7", 1_700_000_000_123);
        collection(readings.into_iter().map(encode))
    }

    #[test]
    fn meters_of_each_kind_have_the_golden_bytes() {
        compare("meters", &golden(), GOLDEN);
    }
}
