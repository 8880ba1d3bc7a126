//! Adds logs, meters and events.

use skywalking_proto::rules::{self, RecordRule};
use skywalking_proto::v3::MeterData;

use super::{CollectorState, now};
use crate::decode::{self, Decoded};
use crate::record_error::RecordError;
use crate::store::{MeterBatch, Origin, Store, log_record};

/// What the logs of one stream have in common.
#[derive(Debug, Default)]
pub(crate) struct LogStream {
    /// The first service of the stream, which the OAP writes over that of later logs.
    service: Option<String>,
}

impl CollectorState {
    /// Decodes, checks and stores a log. Counts it as refused on an error.
    pub(crate) fn add_log(&self, bytes: &[u8], stream: &mut LogStream) -> Result<(), RecordError> {
        let Decoded { message: log, bytes } = decode::log(bytes, self.limits.logs_bytes())
            .inspect_err(|_| self.change(Store::count_logs_refused))?;
        let now = now();
        let violations = rules::log_violations(&log, stream.service.as_deref(), now);
        if stream.service.is_none() && !log.service.is_empty() {
            stream.service = Some(log.service.clone());
        }
        let service = stream.service.as_deref().unwrap_or_default();
        let context = log.trace_context.clone().unwrap_or_default();
        let instance = log.service_instance.clone();
        let origin = Origin {
            service,
            service_instance: &instance,
            trace_id: &context.trace_id,
            segment_id: &context.trace_segment_id,
        };
        if let Some(lost) = lost(&violations) {
            self.change(|store| {
                store.count_violations(origin, &violations);
                store.count_logs_refused();
            });
            return Err(lost);
        }
        let record = log_record(log, service, now);
        self.change(|store| {
            store.count_violations(origin, &violations);
            store.add_log(record, bytes, now);
        });
        Ok(())
    }

    /// Checks and stores a batch of meters. Counts its meters as refused on an error.
    pub(crate) fn add_meters(&self, meters: Vec<MeterData>) -> Result<(), RecordError> {
        let now = now();
        let violations = rules::meter_violations(&meters, now);
        let mut batch = MeterBatch::default();
        // Of several, the OAP takes the last one. It skips elements without a meter.
        for meter in meters.iter().filter(|meter| meter.metric.is_some()) {
            if !meter.service.is_empty() {
                batch.service.clone_from(&meter.service);
            }
            if !meter.service_instance.is_empty() {
                batch.instance.clone_from(&meter.service_instance);
            }
            if meter.timestamp != 0 {
                batch.time = meter.timestamp;
            }
        }
        batch.meters = meters;
        self.change(|store| {
            let (service, service_instance) = (&*batch.service, &*batch.instance);
            let origin = Origin { service, service_instance, ..Origin::default() };
            store.count_violations(origin, &violations);
            if let Some(lost) = lost(&violations) {
                store.count_meters_refused(batch.meters.len() as u64);
                return Err(lost);
            }
            store.add_meters(batch, now);
            Ok(())
        })
    }

    /// Counts messages that can't be read as refused meters.
    pub(crate) fn count_meters_refused(&self, count: u64) {
        self.change(|store| store.count_meters_refused(count));
    }

    pub(crate) fn count_meter_refused(&self) {
        self.count_meters_refused(1);
    }

    /// Decodes, checks and stores a report of an event. Counts it as refused on an error.
    pub(crate) fn add_event(&self, bytes: &[u8]) -> Result<(), RecordError> {
        let Decoded { message: event, bytes } = decode::event(bytes, self.limits.events_bytes())
            .inspect_err(|_| self.count_event_refused())?;
        let now = now();
        let mut violations = rules::event_violations(&event, now);
        let source = event.source.clone().unwrap_or_default();
        let (service, service_instance) = (&*source.service, &*source.service_instance);
        let origin = Origin { service, service_instance, ..Origin::default() };
        self.change(|store| {
            if let Some(lost) = lost(&violations) {
                store.count_violations(origin, &violations);
                store.count_events_refused();
                return Err(lost);
            }
            let uuid = crate::text::quoted(&event.uuid);
            if store.add_event(event, bytes, now) {
                violations.push(RecordRule::EventStartTwice { uuid });
            }
            store.count_violations(origin, &violations);
            Ok(())
        })
    }

    /// Counts a message that can't be read as a refused log.
    pub(crate) fn count_log_refused(&self) {
        self.change(Store::count_logs_refused);
    }

    /// Counts a message that can't be read as a refused event.
    pub(crate) fn count_event_refused(&self) {
        self.change(Store::count_events_refused);
    }
}

/// Returns the first violation for which the OAP drops a record.
fn lost(violations: &[RecordRule]) -> Option<RecordError> {
    violations.iter().find(|rule| rule.loses_record()).cloned().map(RecordError::LostByOap)
}
