//! The parameters of lists of logs, meters and events.

use super::filters::parse_time;
use super::search::{live_cursor, parse_cursor, parse_order};
use super::{MAX_TEXT, ParamError, pairs, parse_count, set_once, set_service, set_text};
use crate::api::{EventQuery, LogQuery, MAX_EVENTS, MAX_LOGS, MAX_SERIES, MeterQuery};
use crate::text::quoted;

/// The largest number of levels in a query.
const MAX_LEVELS: usize = 20;

/// Parses the query of the list of logs.
pub(in crate::http) fn logs(query: Option<String>) -> Result<LogQuery, ParamError> {
    let mut filters = LogFilters::default();
    let (mut limit, mut order, mut cursor) = (None, None, None);
    for (name, value) in pairs(&query.unwrap_or_default()) {
        match name.as_str() {
            "limit" => set_once("limit", &mut limit, parse_count("limit", &value, MAX_LOGS)?)?,
            "order" => set_once("order", &mut order, parse_order(&value)?)?,
            "cursor" => set_once("cursor", &mut cursor, parse_cursor(&value)?)?,
            _ => filters.set(&name, value, "order, limit or cursor")?,
        }
    }
    let query = filters.query;
    let (limit, order) = (limit.unwrap_or(query.limit), order.unwrap_or_default());
    Ok(LogQuery { order, limit, cursor, ..query })
}

/// Parses the query of the live stream of logs: filters, and the number to start after.
pub(in crate::http) fn live_logs(
    query: Option<String>,
) -> Result<(LogQuery, Option<u64>), ParamError> {
    let mut filters = LogFilters::default();
    let cursor = live_cursor(query, |name, value, others| filters.set(name, value, others))?;
    Ok((filters.query, cursor))
}

/// The parameters that select logs.
#[derive(Default)]
struct LogFilters {
    query: LogQuery,
}

impl LogFilters {
    fn set(&mut self, name: &str, value: String, others: &'static str) -> Result<(), ParamError> {
        let query = &mut self.query;
        match name {
            "from" => set_once("from", &mut query.from, parse_time("from", &value)?),
            "to" => set_once("to", &mut query.to, parse_time("to", &value)?),
            "service" => set_service(&mut query.service, value),
            "instance" => set_text("instance", &mut query.instance, value),
            "endpoint" => set_text("endpoint", &mut query.endpoint, value),
            "trace" => set_text("trace", &mut query.trace, value),
            "text" if value.chars().count() > MAX_TEXT => Err(ParamError::Text),
            "text" => set_text("text", &mut query.text, value),
            "level" if query.levels.len() >= MAX_LEVELS => {
                Err(ParamError::TooManyLevels { max: MAX_LEVELS })
            }
            "level" => {
                query.levels.push(value.to_ascii_uppercase());
                Ok(())
            }
            _ => Err(ParamError::UnknownLogFilter { name: quoted(name), others }),
        }
    }
}

/// Parses the query of the series of meters.
pub(in crate::http) fn meters(query: Option<String>) -> Result<MeterQuery, ParamError> {
    let Selection { service, instance, name, from, to, limit } = selection(query, MAX_SERIES)?;
    let limit = limit.unwrap_or(MeterQuery::new().limit);
    Ok(MeterQuery { service, instance, name, from, to, limit })
}

/// Parses the query of the list of events.
pub(in crate::http) fn events(query: Option<String>) -> Result<EventQuery, ParamError> {
    let Selection { service, instance, name, from, to, limit } = selection(query, MAX_EVENTS)?;
    let limit = limit.unwrap_or(EventQuery::new().limit);
    Ok(EventQuery { service, instance, name, from, to, limit })
}

/// The parameters that select meters or events.
#[derive(Default)]
struct Selection {
    service: Option<String>,
    instance: Option<String>,
    name: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
    limit: Option<usize>,
}

fn selection(query: Option<String>, most: usize) -> Result<Selection, ParamError> {
    let mut selection = Selection::default();
    let Selection { service, instance, name, from, to, limit } = &mut selection;
    for (parameter, value) in pairs(&query.unwrap_or_default()) {
        match parameter.as_str() {
            "service" => set_service(service, value)?,
            "instance" => set_text("instance", instance, value)?,
            "name" => set_text("name", name, value)?,
            "from" => set_once("from", from, parse_time("from", &value)?)?,
            "to" => set_once("to", to, parse_time("to", &value)?)?,
            "limit" => set_once("limit", limit, parse_count("limit", &value, most)?)?,
            _ => {
                let expected = "service, instance, name, from, to or limit";
                return Err(ParamError::UnknownOf { name: quoted(&parameter), expected });
            }
        }
    }
    Ok(selection)
}
