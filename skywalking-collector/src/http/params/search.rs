//! The parameters of lists of traces.

use super::{ParamError, pairs, parse_limit, set_once, set_service};
use crate::api::{Cursor, SortOrder, TraceQuery, TraceSort};
use crate::text::quoted;

/// Parses the query of the list of traces.
pub(in crate::http) fn traces(query: Option<String>) -> Result<TraceQuery, ParamError> {
    let (mut filters, mut limit, mut sort, mut order) = (Filters::default(), None, None, None);
    let mut cursor = None;
    for (name, value) in pairs(&query.unwrap_or_default()) {
        match name.as_str() {
            "limit" => set_once("limit", &mut limit, parse_limit(&value)?)?,
            "sort" => set_once("sort", &mut sort, parse_sort(&value)?)?,
            "order" => set_once("order", &mut order, parse_order(&value)?)?,
            "cursor" => set_once("cursor", &mut cursor, parse_cursor(&value)?)?,
            _ => {
                filters.set(
                    &name,
                    value,
                    "expected from, to, service, sort, order, limit or cursor",
                )?;
            }
        }
    }
    Ok(TraceQuery {
        sort: sort.unwrap_or_default(),
        order: order.unwrap_or_default(),
        limit: limit.unwrap_or(TraceQuery::default().limit),
        cursor,
        ..filters.into_query()
    })
}

/// Parses the query of the live stream: filters, and the arrival number to start after.
pub(in crate::http) fn live(
    query: Option<String>,
) -> Result<(TraceQuery, Option<u64>), ParamError> {
    let (mut filters, mut cursor) = (Filters::default(), None);
    for (name, value) in pairs(&query.unwrap_or_default()) {
        if name == "cursor" {
            let expected = "`cursor` of a line before, or omit it to start now";
            set_once("cursor", &mut cursor, parse_number("cursor", &value, expected)?)?;
        } else {
            filters.set(&name, value, "cursor")?;
        }
    }
    Ok((filters.into_query(), cursor))
}

/// The parameters that select traces.
#[derive(Debug, Default)]
struct Filters {
    query: TraceQuery,
    error: Option<bool>,
    violations: Option<bool>,
}

impl Filters {
    /// Sets a parameter. `others` are the further parameters of the path.
    fn set(&mut self, name: &str, value: String, others: &str) -> Result<(), ParamError> {
        let query = &mut self.query;
        match name {
            "from" => set_once("from", &mut query.from, parse_time("from", &value)?),
            "to" => set_once("to", &mut query.to, parse_time("to", &value)?),
            "service" => set_service(&mut query.service, value),
            "instance" => set_text("instance", &mut query.instance, value),
            "endpoint" => set_text("endpoint", &mut query.endpoint, value),
            "tag" => {
                query.tags.push(parse_tag(&value)?);
                Ok(())
            }
            "text" => set_text("text", &mut query.text, value),
            "minDuration" => {
                let duration = parse_duration("minDuration", &value)?;
                set_once("minDuration", &mut query.min_duration, duration)
            }
            "maxDuration" => {
                let duration = parse_duration("maxDuration", &value)?;
                set_once("maxDuration", &mut query.max_duration, duration)
            }
            "error" => {
                let error = parse_bool("error", &value)?;
                set_once("error", &mut self.error, error)
            }
            "violations" => {
                let expected = "true, or omit it for all traces";
                let only = value == "true";
                if !only {
                    let value = quoted(&value);
                    return Err(ParamError::Invalid { name: "violations", value, expected });
                }
                set_once("violations", &mut self.violations, only)
            }
            _ => Err(ParamError::UnknownFilter { name: quoted(name), others: others.to_owned() }),
        }
    }

    fn into_query(self) -> TraceQuery {
        let has_violations = self.violations.unwrap_or_default();
        TraceQuery { is_error: self.error, has_violations, ..self.query }
    }
}

fn set_text(
    name: &'static str,
    param: &mut Option<String>,
    value: String,
) -> Result<(), ParamError> {
    if value.is_empty() {
        return Err(ParamError::Invalid {
            name,
            value: quoted(&value),
            expected: "a text, or omit it for all traces",
        });
    }
    set_once(name, param, value)
}

/// Parses `key=value`, or `key` for any value.
fn parse_tag(value: &str) -> Result<(String, Option<String>), ParamError> {
    let (key, of_key) = match value.split_once('=') {
        Some((key, of_key)) => (key, Some(of_key.to_owned())),
        None => (value, None),
    };
    if key.is_empty() {
        let expected = "key=value, or a key";
        return Err(ParamError::Invalid { name: "tag", value: quoted(value), expected });
    }
    Ok((key.to_owned(), of_key))
}

fn parse_duration(name: &'static str, value: &str) -> Result<u64, ParamError> {
    parse_number(name, value, "milliseconds")
}

fn parse_bool(name: &'static str, value: &str) -> Result<bool, ParamError> {
    let expected = "true or false";
    value.parse().map_err(|_| ParamError::Invalid { name, value: quoted(value), expected })
}

fn parse_time(name: &'static str, value: &str) -> Result<i64, ParamError> {
    parse_number(name, value, "epoch milliseconds, or omit it for all times")
}

/// Parses a number of digits alone, without a sign.
fn parse_number<T: std::str::FromStr>(
    name: &'static str,
    value: &str,
    expected: &'static str,
) -> Result<T, ParamError> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| digits);
    number.ok_or_else(|| ParamError::Invalid { name, value: quoted(value), expected })
}

fn parse_sort(value: &str) -> Result<TraceSort, ParamError> {
    match value {
        "start" => Ok(TraceSort::Start),
        "duration" => Ok(TraceSort::Duration),
        _ => {
            let expected = "start or duration";
            Err(ParamError::Invalid { name: "sort", value: quoted(value), expected })
        }
    }
}

fn parse_order(value: &str) -> Result<SortOrder, ParamError> {
    match value {
        "desc" => Ok(SortOrder::Descending),
        "asc" => Ok(SortOrder::Ascending),
        _ => {
            let expected = "desc or asc";
            Err(ParamError::Invalid { name: "order", value: quoted(value), expected })
        }
    }
}

fn parse_cursor(value: &str) -> Result<Cursor, ParamError> {
    let expected = "`next` of the page before, unchanged";
    value.parse().map_err(|_| ParamError::Invalid {
        name: "cursor",
        value: quoted(value),
        expected,
    })
}
