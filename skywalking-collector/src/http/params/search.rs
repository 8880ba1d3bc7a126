//! The parameters of lists of traces, and of what helps to search.

use super::filters::Filters;
use super::{
    MAX_TEXT, ParamError, pairs, parse_choice, parse_count, parse_limit, parse_number, set_once,
    set_service, set_text,
};
use crate::api::{Cursor, SortOrder, TraceQuery, TraceSort};
use crate::text::quoted;

/// The number of buckets of a histogram by default, and the largest.
const BUCKETS: (usize, usize) = (60, 500);
/// The number of values of a tag by default, and the largest.
const TAG_VALUES: (usize, usize) = (50, 1_000);
/// The number of results of each kind by default, and the largest.
const FOUND: (usize, usize) = (10, 100);

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
            _ => filters.set(&name, value, "sort, order, limit or cursor")?,
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
    let mut filters = Filters::default();
    let cursor = live_cursor(query, |name, value, others| filters.set(name, value, others))?;
    Ok((filters.into_query(), cursor))
}

/// Parses the query of a live stream. Returns the arrival number to start after. `set` gets the
/// other parameters, and the names of those that it does not get.
pub(super) fn live_cursor(
    query: Option<String>,
    mut set: impl FnMut(&str, String, &'static str) -> Result<(), ParamError>,
) -> Result<Option<u64>, ParamError> {
    let mut cursor = None;
    for (name, value) in pairs(&query.unwrap_or_default()) {
        if name == "cursor" {
            let expected = "`cursor` of a line before, or omit it to start now";
            set_once("cursor", &mut cursor, parse_number("cursor", &value, expected)?)?;
        } else {
            set(&name, value, "or cursor")?;
        }
    }
    Ok(cursor)
}

/// Parses the query of the histogram: filters, and the number of buckets.
pub(in crate::http) fn histogram(query: Option<String>) -> Result<(TraceQuery, usize), ParamError> {
    let (mut filters, mut buckets) = (Filters::default(), None);
    for (name, value) in pairs(&query.unwrap_or_default()) {
        if name == "buckets" {
            set_once("buckets", &mut buckets, parse_count("buckets", &value, BUCKETS.1)?)?;
        } else {
            filters.set(&name, value, "or buckets")?;
        }
    }
    Ok((filters.into_query(), buckets.unwrap_or(BUCKETS.0)))
}

/// The parameters of the list of values of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) struct TagValues {
    pub(in crate::http) key: String,
    pub(in crate::http) service: Option<String>,
    pub(in crate::http) limit: usize,
}

/// Parses the query of the list of values of a tag.
pub(in crate::http) fn tag_values(query: Option<String>) -> Result<TagValues, ParamError> {
    let (mut key, mut service, mut limit) = (None, None, None);
    for (name, value) in pairs(&query.unwrap_or_default()) {
        match name.as_str() {
            "key" => set_text("key", &mut key, value)?,
            "service" => set_service(&mut service, value)?,
            "limit" => set_once("limit", &mut limit, parse_count("limit", &value, TAG_VALUES.1)?)?,
            _ => {
                let expected = "expected key, service or limit";
                return Err(ParamError::Unknown { name: quoted(&name), expected });
            }
        }
    }
    let missing = ParamError::Missing { name: "key", expected: "the key of a tag" };
    Ok(TagValues { key: key.ok_or(missing)?, service, limit: limit.unwrap_or(TAG_VALUES.0) })
}

/// Parses the query of the search by name: the text, and the number of results of each kind.
pub(in crate::http) fn find(query: Option<String>) -> Result<(String, usize), ParamError> {
    let (mut text, mut limit) = (None, None);
    for (name, value) in pairs(&query.unwrap_or_default()) {
        match name.as_str() {
            "q" => set_text("q", &mut text, value)?,
            "limit" => set_once("limit", &mut limit, parse_count("limit", &value, FOUND.1)?)?,
            _ => {
                let expected = "expected q or limit";
                return Err(ParamError::Unknown { name: quoted(&name), expected });
            }
        }
    }
    let expected = "a text of at most 200 characters";
    let text = text.filter(|text| text.chars().count() <= MAX_TEXT);
    let text = text.ok_or(ParamError::Missing { name: "q", expected })?;
    Ok((text, limit.unwrap_or(FOUND.0)))
}

fn parse_sort(value: &str) -> Result<TraceSort, ParamError> {
    let sorts = [("start", TraceSort::Start), ("duration", TraceSort::Duration)];
    parse_choice("sort", value, sorts, "start or duration")
}

pub(super) fn parse_order(value: &str) -> Result<SortOrder, ParamError> {
    let orders = [("desc", SortOrder::Descending), ("asc", SortOrder::Ascending)];
    parse_choice("order", value, orders, "desc or asc")
}

pub(super) fn parse_cursor(value: &str) -> Result<Cursor, ParamError> {
    let expected = "`next` of the page before, unchanged";
    let invalid = |_| ParamError::Invalid { name: "cursor", value: quoted(value), expected };
    value.parse().map_err(invalid)
}
