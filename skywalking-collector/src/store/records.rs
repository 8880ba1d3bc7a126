//! Adds logs, meters and events to the store. Violations count also for records that are refused.

use skywalking_proto::rules::RecordRule;
use skywalking_proto::v3::{Event, MeterData};

use super::{Events, Logs, Meters, Origin, Store};
use crate::api::LogRecord;

/// A batch of meters with its source.
#[derive(Debug, Default)]
pub(crate) struct MeterBatch {
    pub(crate) service: String,
    pub(crate) instance: String,
    /// In epoch milliseconds.
    pub(crate) time: i64,
    pub(crate) meters: Vec<MeterData>,
}

impl Store {
    /// Stores a log. `bytes` is its memory, and `now` the time of arrival in epoch milliseconds.
    pub(crate) fn add_log(&mut self, record: LogRecord, bytes: usize, now: i64) {
        self.registry.record_source(&record.service, &record.service_instance, true, now);
        self.counters.logs_accepted += 1;
        self.logs.insert(record, bytes);
    }

    /// Stores the meters of a batch.
    pub(crate) fn add_meters(&mut self, batch: MeterBatch, now: i64) {
        let MeterBatch { service, instance, time, meters } = batch;
        let metrics: Vec<_> = meters.into_iter().filter_map(|meter| meter.metric).collect();
        if !metrics.is_empty() {
            self.registry.record_source(&service, &instance, false, now);
        }
        for metric in metrics {
            if self.meters.insert((&service, &instance), time, metric) {
                self.counters.meters_accepted += 1;
            } else {
                self.counters.meters_refused += 1;
            }
        }
    }

    /// Stores a report of an event. Returns whether it repeats the start of an earlier report.
    pub(crate) fn add_event(&mut self, event: Event, bytes: usize, now: i64) -> bool {
        if let Some(source) = &event.source {
            self.registry.record_source(&source.service, &source.service_instance, false, now);
        }
        self.counters.events_accepted += 1;
        self.events.insert(event, bytes, now)
    }

    /// Counts the violations of a record.
    pub(crate) fn count_violations(&mut self, origin: Origin<'_>, violations: &[RecordRule]) {
        self.counters.violations += violations.len() as u64;
        self.rules.record(origin, violations);
    }

    pub(crate) fn count_logs_refused(&mut self) {
        self.counters.logs_refused += 1;
    }

    pub(crate) fn count_meters_refused(&mut self, count: u64) {
        self.counters.meters_refused += count;
    }

    pub(crate) fn count_events_refused(&mut self) {
        self.counters.events_refused += 1;
    }

    pub(crate) fn logs(&self) -> &Logs {
        &self.logs
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.meters
    }

    pub(crate) fn events(&self) -> &Events {
        &self.events
    }
}
