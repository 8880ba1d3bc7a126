//! Query parameters. Unknown, repeated and invalid ones are errors with the value: ignoring a
//! mistyped limit would look like missing data.
//!
//! `filters` has those that select traces, `search` those of lists of traces and of what helps to
//! search, `metrics` those of metrics, `records` those of logs, meters and events.

mod filters;
mod metrics;
mod records;
mod search;

use std::str::FromStr;

use crate::api::{MAX_TRACES, TraceQuery};
use crate::naming;
use crate::text::quoted;

pub(super) use metrics::{endpoints, instances, range, series, statements};
pub(super) use records::{events, live_logs, logs, meters};
pub(super) use search::{find, histogram, live, tag_values, traces};

/// The longest text to search for, in characters.
const MAX_TEXT: usize = 200;

/// An invalid query. It becomes the text of a 400.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ParamError {
    #[error("unknown parameter {name}: {expected}")]
    Unknown { name: String, expected: &'static str },
    #[error(
        "unknown parameter {name}: expected from, to, service, instance, endpoint, source, target, tag, text, minDuration, maxDuration, error, violations, {others}"
    )]
    UnknownFilter { name: String, others: &'static str },
    #[error(
        "unknown parameter {name}: expected from, to, service, instance, endpoint, level, text, trace, {others}"
    )]
    UnknownLogFilter { name: String, others: &'static str },
    #[error("unknown parameter {name}: expected {expected}")]
    UnknownOf { name: String, expected: &'static str },
    #[error(
        "a series is of one service, with an optional endpoint or instance, or of one call: send service, or source and target (ids of nodes)"
    )]
    Series,
    #[error("duplicate parameter {name}: send it once")]
    Duplicate { name: &'static str },
    #[error("invalid limit={value}: expected a number from 1 to {MAX_TRACES}, or omit it for {}", TraceQuery::default().limit)]
    Limit { value: String },
    #[error("service= is empty: send the name of a service, or omit it for all services")]
    EmptyService,
    #[error("invalid {name}={value}: expected {expected}")]
    Invalid { name: &'static str, value: String, expected: &'static str },
    #[error("invalid {name}={value}: expected a number from 1 to {max}")]
    Count { name: &'static str, value: String, max: usize },
    #[error("{name}= is missing or too long: send {expected}")]
    Missing { name: &'static str, expected: &'static str },
    #[error("too many tags: send at most {max}")]
    TooManyTags { max: usize },
    #[error("too many levels: send at most {max}")]
    TooManyLevels { max: usize },
    #[error(
        "text= is missing, empty or longer than {MAX_TEXT} characters: send the text to search for"
    )]
    Text,
}

/// Parses the query of a path without parameters.
pub(super) fn none(query: Option<String>) -> Result<(), ParamError> {
    match pairs(&query.unwrap_or_default()).next() {
        None => Ok(()),
        Some((name, _)) => {
            Err(ParamError::Unknown { name: quoted(&name), expected: "expected no parameters" })
        }
    }
}

/// Parses the query of the list of keys of tags: the optional name of a service.
pub(super) fn service(query: Option<String>) -> Result<Option<String>, ParamError> {
    let mut service = None;
    for (name, value) in pairs(&query.unwrap_or_default()) {
        if name != "service" {
            let expected = "expected service";
            return Err(ParamError::Unknown { name: quoted(&name), expected });
        }
        set_service(&mut service, value)?;
    }
    Ok(service)
}

/// Parses the query of the search in a trace: the text, which is required.
pub(super) fn text(query: Option<String>) -> Result<String, ParamError> {
    let mut text = None;
    for (name, value) in pairs(&query.unwrap_or_default()) {
        if name != "text" {
            return Err(ParamError::Unknown { name: quoted(&name), expected: "expected text" });
        }
        set_once("text", &mut text, value)?;
    }
    text.filter(|text| (1..=MAX_TEXT).contains(&text.chars().count())).ok_or(ParamError::Text)
}

/// Which violations to return.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Violations {
    List(Box<TraceQuery>),
    /// By rule, of a service or of all.
    ByRule(Option<String>),
}

/// Parses the query of the list of violations.
pub(super) fn violations(query: Option<String>) -> Result<Violations, ParamError> {
    let (mut service, mut limit, mut group) = (None, None, None);
    for (name, value) in pairs(&query.unwrap_or_default()) {
        match name.as_str() {
            "service" => set_service(&mut service, value)?,
            "limit" => set_once("limit", &mut limit, parse_limit(&value)?)?,
            "group" if value == "rule" => set_once("group", &mut group, ())?,
            "group" => {
                let expected = "rule, or omit it for a list";
                return Err(ParamError::Invalid { name: "group", value: quoted(&value), expected });
            }
            _ => {
                let expected = "expected service, limit or group";
                return Err(ParamError::Unknown { name: quoted(&name), expected });
            }
        }
    }
    if group.is_some() {
        let service = service.as_deref().map(|service| naming::display_name(service).to_owned());
        return match limit {
            None => Ok(Violations::ByRule(service)),
            Some(_) => Err(ParamError::Unknown {
                name: quoted("limit"),
                expected: "expected service with group=rule",
            }),
        };
    }
    let limit = limit.unwrap_or(TraceQuery::default().limit);
    Ok(Violations::List(Box::new(TraceQuery { service, limit, ..TraceQuery::default() })))
}

fn set_service(service: &mut Option<String>, value: String) -> Result<(), ParamError> {
    if value.is_empty() {
        return Err(ParamError::EmptyService);
    }
    set_once("service", service, value)
}

fn set_text(
    name: &'static str,
    param: &mut Option<String>,
    value: String,
) -> Result<(), ParamError> {
    if value.is_empty() {
        let expected = "a text, or omit it";
        return Err(ParamError::Invalid { name, value: quoted(&value), expected });
    }
    set_once(name, param, value)
}

/// Parses a number of digits alone, without a sign.
fn parse_number<T: FromStr>(
    name: &'static str,
    value: &str,
    expected: &'static str,
) -> Result<T, ParamError> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| digits);
    number.ok_or_else(|| ParamError::Invalid { name, value: quoted(value), expected })
}

/// Parses a number from 1 to `max`.
fn parse_count(name: &'static str, value: &str, max: usize) -> Result<usize, ParamError> {
    let count = parse_number(name, value, "a number").ok();
    let valid = count.filter(|count| (1..=max).contains(count));
    valid.ok_or_else(|| ParamError::Count { name, value: quoted(value), max })
}

/// Returns the choice of this name.
fn parse_choice<T, const N: usize>(
    name: &'static str,
    value: &str,
    choices: [(&str, T); N],
    expected: &'static str,
) -> Result<T, ParamError> {
    let chosen = choices.into_iter().find_map(|(choice, of)| (choice == value).then_some(of));
    chosen.ok_or_else(|| ParamError::Invalid { name, value: quoted(value), expected })
}

fn parse_limit(value: &str) -> Result<usize, ParamError> {
    let limit = value.parse().ok().filter(|limit| (1..=MAX_TRACES).contains(limit));
    limit
        .filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(|| ParamError::Limit { value: quoted(value) })
}

fn set_once<T>(name: &'static str, param: &mut Option<T>, value: T) -> Result<(), ParamError> {
    match param.replace(value) {
        None => Ok(()),
        Some(_) => Err(ParamError::Duplicate { name }),
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn parameters_are_form_encoded() {
        assert_eq!(violations(None), Ok(Violations::List(Box::default())));
        assert_eq!(violations(query("")), Ok(Violations::List(Box::default())));
        assert_eq!(
            violations(query("limit=10000&service=caf%C3%A9+%2B%26")),
            Ok(Violations::List(Box::new(TraceQuery::new().service("café +&").limit(10_000))))
        );
        assert_eq!(
            violations(query("group=rule&service=a")),
            Ok(Violations::ByRule(Some("a".into())))
        );
        for wrong in ["group=service", "group=rule&limit=5", "group=rule&group=rule"] {
            assert!(violations(query(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(none(query("")), Ok(()));
        assert_eq!(
            (service(query("")), service(query("service=a+b"))),
            (Ok(None), Ok(Some("a b".into())))
        );
    }

    #[test]
    fn invalid_percent_encoding_is_read_as_by_browsers() {
        for (text, read) in [("%zz", "%zz"), ("%", "%"), ("%C3", "\u{fffd}")] {
            assert_eq!(service(query(&format!("service={text}"))), Ok(Some(read.to_owned())));
        }
    }

    #[test]
    fn errors_name_the_value_and_the_fix() {
        let queries = [
            "limit=abc",
            "limit=0",
            "limit=10001",
            "limit=-1",
            "limit=",
            "limit=+5",
            "limit=1&limit=1",
            "limt=5",
            "service=",
            "%00=1",
        ];
        let errors = queries.map(|text| match violations(query(text)) {
            Ok(read) => format!("{text} was read as {read:?}"),
            Err(error) => format!("{text}: {error}"),
        });

        insta::assert_snapshot!(errors.join("\n"), @r#"
        limit=abc: invalid limit="abc": expected a number from 1 to 10000, or omit it for 20
        limit=0: invalid limit="0": expected a number from 1 to 10000, or omit it for 20
        limit=10001: invalid limit="10001": expected a number from 1 to 10000, or omit it for 20
        limit=-1: invalid limit="-1": expected a number from 1 to 10000, or omit it for 20
        limit=: invalid limit="": expected a number from 1 to 10000, or omit it for 20
        limit=+5: invalid limit=" 5": expected a number from 1 to 10000, or omit it for 20
        limit=1&limit=1: duplicate parameter limit: send it once
        limt=5: unknown parameter "limt": expected service, limit or group
        service=: service= is empty: send the name of a service, or omit it for all services
        %00=1: unknown parameter "\0": expected service, limit or group
        "#);
        assert_eq!(service(query("service=")), Err(ParamError::EmptyService));
        let long = format!("text={}", "é".repeat(MAX_TEXT + 1));
        for wrong in ["", "text=", &long] {
            assert_eq!(text(query(wrong)), Err(ParamError::Text), "{wrong}");
        }
        assert_eq!(text(query("text=a=b+c")), Ok("a=b c".into()));

        let unknown = service(query("limit=1")).map_err(|error| error.to_string());

        assert_eq!(unknown, Err("unknown parameter \"limit\": expected service".into()));
        assert_eq!(
            none(query("a=b")).map_err(|error| error.to_string()),
            Err("unknown parameter \"a\": expected no parameters".into())
        );
    }
}
