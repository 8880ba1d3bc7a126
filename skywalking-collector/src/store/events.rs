//! Stores events. Reports with one uuid are one event. At a limit, the event that was reported
//! first is evicted.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use skywalking_proto::v3::{Event, Type};

use crate::api::{EventKind, EventView, MAX_EVENTS};
use crate::naming;

/// The memory of an event in the maps, in addition to the event itself.
const OVERHEAD: usize = 256;

#[derive(Debug)]
struct Stored {
    event: Arc<EventView>,
    bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Events {
    max_bytes: usize,
    /// By the number of the first report.
    by_report: BTreeMap<u64, Stored>,
    by_uuid: HashMap<Box<str>, u64>,
    reports: u64,
    bytes: usize,
    evicted: u64,
}

impl Events {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            by_report: BTreeMap::new(),
            by_uuid: HashMap::new(),
            reports: 0,
            bytes: 0,
            evicted: 0,
        }
    }

    /// Adds a report. `bytes` is its memory, and `now` the time of arrival in epoch milliseconds.
    /// Returns whether an earlier report of the event has the same start.
    pub(super) fn insert(&mut self, event: Event, bytes: usize, now: i64) -> bool {
        self.reports += 1;
        let mut view = event_view(event, self.reports, now);
        let known = self.by_uuid.get(view.uuid.as_str()).copied().filter(|_| !view.uuid.is_empty());
        let number = known.unwrap_or(self.reports);
        let mut repeats_start = false;
        let before = self.by_report.remove(&number);
        if let Some(before) = &before {
            self.bytes -= before.bytes;
            repeats_start = view.start_time.is_some() && view.start_time == before.event.start_time;
            view = merged(&before.event, view);
        } else if !view.uuid.is_empty() {
            self.by_uuid.insert(view.uuid.as_str().into(), number);
        }
        let own = bytes.saturating_add(OVERHEAD + view.uuid.len());
        let bytes = own.max(before.map_or(0, |before| before.bytes));
        self.bytes += bytes;
        self.by_report.insert(number, Stored { event: Arc::new(view), bytes });
        while self.by_report.len() > MAX_EVENTS || self.bytes > self.max_bytes {
            let Some((_, first)) = self.by_report.pop_first() else { break };
            self.by_uuid.remove(first.event.uuid.as_str());
            self.bytes -= first.bytes;
            self.evicted += 1;
        }
        repeats_start
    }

    /// Returns the events, the latest first report first.
    pub(crate) fn latest(&self) -> impl Iterator<Item = &Arc<EventView>> {
        self.by_report.values().rev().map(|stored| &stored.event)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_report.len()
    }

    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// Joins two reports of an event.
fn merged(before: &EventView, mut report: EventView) -> EventView {
    report.start_time = before.start_time.or(report.start_time);
    report.end_time = report.end_time.or(before.end_time);
    for (text, earlier) in [
        (&mut report.name, &before.name),
        (&mut report.message, &before.message),
        (&mut report.service_instance, &before.service_instance),
        (&mut report.endpoint, &before.endpoint),
    ] {
        if text.is_empty() {
            text.clone_from(earlier);
        }
    }
    if report.parameters.is_empty() {
        report.parameters.clone_from(&before.parameters);
    }
    if before.kind == EventKind::Error {
        report.kind = EventKind::Error;
    }
    report
}

fn event_view(event: Event, number: u64, now: i64) -> EventView {
    let source = event.source.unwrap_or_default();
    let time = |time: i64| Some(time).filter(|time| *time != 0);
    let (start, end) = (time(event.start_time), time(event.end_time));
    let endpoint = source.endpoint.trim();
    EventView {
        number,
        uuid: event.uuid,
        service: naming::display_name(&source.service).to_owned(),
        service_instance: naming::truncated(&source.service_instance).to_owned(),
        endpoint: if endpoint.is_empty() {
            String::new()
        } else {
            naming::endpoint_name(&source.endpoint).to_owned()
        },
        name: event.name,
        kind: if event.r#type == i32::from(Type::Error) {
            EventKind::Error
        } else {
            EventKind::Normal
        },
        message: event.message,
        parameters: event.parameters.into_iter().collect(),
        start_time: if start.is_none() && end.is_none() { Some(now) } else { start },
        end_time: end,
        layer: event.layer,
    }
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3::Source;

    use super::*;

    fn event(uuid: &str, start_time: i64, end_time: i64) -> Event {
        let source = Source { service: "a".into(), ..Source::default() };
        let (uuid, source) = (uuid.into(), Some(source));
        Event { uuid, source, start_time, end_time, ..Event::default() }
    }

    #[test]
    fn reports_with_one_uuid_are_one_event() {
        let mut events = Events::new(1_000_000);
        let start = Event { name: "Start".into(), message: "up".into(), ..event("u", 10, 0) };
        assert!(!events.insert(start, 100, 1));
        assert!(!events.insert(event("u", 0, 20), 50, 1));
        assert!(!events.insert(event("", 0, 0), 100, 7));
        assert!(!events.insert(event("", 7, 0), 100, 7));

        let shown: Vec<_> = events
            .latest()
            .map(|event| (event.name.as_str(), event.start_time, event.end_time))
            .collect();
        assert_eq!(
            shown,
            [("", Some(7), None), ("", Some(7), None), ("Start", Some(10), Some(20))]
        );
        assert!(events.insert(event("u", 10, 20), 50, 1), "the start is repeated");
    }

    #[test]
    fn first_events_are_evicted() {
        let mut events = Events::new(10_000);
        for number in 1..100 {
            events.insert(event(&format!("{number}"), number, 0), 1_000, 1);
            assert!(events.bytes <= 10_000);
        }
        assert_eq!((events.len(), events.evicted(), events.by_uuid.len()), (7, 92, 7));
        events.insert(event("large", 1, 0), 20_000, 1);
        assert_eq!((events.len(), events.bytes, events.by_uuid.len()), (0, 0, 0));
    }
}
