//! Lists of events.

use std::sync::Arc;

use crate::api::{EventQuery, EventView, MAX_EVENTS};
use crate::budget::Memory;
use crate::naming;
use crate::store::Events;

/// Returns the events of a query, the latest first.
pub(crate) fn events<M: Memory>(
    events: &Events,
    query: &EventQuery,
    memory: &mut M,
) -> Result<Vec<Arc<EventView>>, M::Error> {
    let service = query.service.as_deref().map(naming::display_name);
    let instance = query.instance.as_deref().map(naming::truncated);
    let is_match = |event: &&Arc<EventView>| {
        let last = event.end_time.unwrap_or(i64::MAX);
        service.is_none_or(|service| event.service == service)
            && instance.is_none_or(|instance| event.service_instance == instance)
            && query.name.as_ref().is_none_or(|name| event.name == *name)
            && query.from.is_none_or(|from| last >= from)
            && query.to.is_none_or(|to| event.time() < to)
    };
    let limit = query.limit.min(MAX_EVENTS);
    let found: Vec<_> = events.latest().filter(is_match).take(limit).cloned().collect();
    memory.take(found.iter().map(|event| bytes(event)).sum())?;
    Ok(found)
}

fn bytes(event: &EventView) -> usize {
    let parameters: usize =
        event.parameters.iter().map(|(key, value)| key.len() + value.len() + 128).sum();
    let texts = [
        &event.uuid,
        &event.service,
        &event.service_instance,
        &event.endpoint,
        &event.name,
        &event.message,
        &event.layer,
    ];
    let texts: usize = texts.iter().map(|text| text.len()).sum();
    size_of::<EventView>() + parameters + texts
}
