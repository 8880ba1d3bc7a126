//! Writes meters as JSON, for the lines of the log transport.

use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::{Label, MeterBucketValue, MeterData};

use super::writer::Writer;
use super::{Json, all};

impl Json for MeterData {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            match &self.metric {
                Some(Metric::SingleValue(meter)) => json.key("singleValue").object(|json| {
                    named(json, &meter.name, &meter.labels);
                    json.key("value").number(meter.value);
                }),
                Some(Metric::Histogram(meter)) => json.key("histogram").object(|json| {
                    named(json, &meter.name, &meter.labels);
                    all(json, "values", &meter.values);
                }),
                None => {}
            }
            json.key("service").text(&self.service);
            json.key("serviceInstance").text(&self.service_instance);
            json.key("timestamp").integer(self.timestamp);
        });
    }
}

fn named(json: &mut Writer, name: &str, labels: &[Label]) {
    json.key("name").text(name);
    if !labels.is_empty() {
        all(json, "labels", labels);
    }
}

impl Json for Label {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            json.key("name").text(&self.name);
            json.key("value").text(&self.value);
        });
    }
}

impl Json for MeterBucketValue {
    fn write(&self, json: &mut Writer) {
        json.object(|json| {
            if self.is_negative_infinity {
                json.key("isNegativeInfinity").switch(true);
            } else {
                json.key("bucket").number(self.bucket);
            }
            json.key("count").integer(self.count);
        });
    }
}
