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
            filters.set(&name, value, "expected from, to, service or cursor")?;
        }
    }
    Ok((filters.into_query(), cursor))
}

/// The parameters that select traces.
#[derive(Debug, Default)]
struct Filters {
    from: Option<i64>,
    to: Option<i64>,
    service: Option<String>,
}

impl Filters {
    fn set(&mut self, name: &str, value: String, expected: &'static str) -> Result<(), ParamError> {
        match name {
            "from" => set_once("from", &mut self.from, parse_time("from", &value)?),
            "to" => set_once("to", &mut self.to, parse_time("to", &value)?),
            "service" => set_service(&mut self.service, value),
            _ => Err(ParamError::Unknown { name: quoted(name), expected }),
        }
    }

    fn into_query(self) -> TraceQuery {
        let Self { from, to, service } = self;
        TraceQuery { from, to, service, ..TraceQuery::default() }
    }
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
