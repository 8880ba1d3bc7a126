//! The parameters that select traces.

use super::{MAX_TEXT, ParamError, parse_number, set_once, set_service, set_text};
use crate::api::TraceQuery;
use crate::text::quoted;

/// The largest number of tags in a query.
const MAX_TAGS: usize = 20;

/// The parameters that select traces.
#[derive(Debug, Default)]
pub(super) struct Filters {
    query: TraceQuery,
    error: Option<bool>,
    violations: Option<bool>,
}

impl Filters {
    /// Sets a parameter. `others` are the further parameters of the path.
    pub(super) fn set(
        &mut self,
        name: &str,
        value: String,
        others: &'static str,
    ) -> Result<(), ParamError> {
        let query = &mut self.query;
        match name {
            "from" => set_once("from", &mut query.from, parse_time("from", &value)?),
            "to" => set_once("to", &mut query.to, parse_time("to", &value)?),
            "service" => set_service(&mut query.service, value),
            "instance" => set_text("instance", &mut query.instance, value),
            "endpoint" => set_text("endpoint", &mut query.endpoint, value),
            "source" => set_text("source", &mut query.source, value),
            "target" => set_text("target", &mut query.target, value),
            "tag" if query.tags.len() >= MAX_TAGS => Err(ParamError::TooManyTags { max: MAX_TAGS }),
            "tag" => {
                query.tags.push(parse_tag(&value)?);
                Ok(())
            }
            "text" if value.chars().count() > MAX_TEXT => Err(ParamError::Text),
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
                let expected = "true or false";
                let error = value.parse().map_err(|_| invalid("error", &value, expected))?;
                set_once("error", &mut self.error, error)
            }
            "violations" if value == "true" => set_once("violations", &mut self.violations, true),
            "violations" => Err(invalid("violations", &value, "true, or omit it for all traces")),
            _ => Err(ParamError::UnknownFilter { name: quoted(name), others }),
        }
    }

    pub(super) fn into_query(self) -> TraceQuery {
        let has_violations = self.violations.unwrap_or_default();
        TraceQuery { is_error: self.error, has_violations, ..self.query }
    }
}

/// Parses `key=value`, or `key` for any value.
fn parse_tag(value: &str) -> Result<(String, Option<String>), ParamError> {
    let (key, of_key) = match value.split_once('=') {
        Some((key, of_key)) => (key, Some(of_key.to_owned())),
        None => (value, None),
    };
    if key.is_empty() {
        return Err(invalid("tag", value, "key=value, or a key"));
    }
    Ok((key.to_owned(), of_key))
}

pub(super) fn parse_time(name: &'static str, value: &str) -> Result<i64, ParamError> {
    parse_number(name, value, "epoch milliseconds, or omit it for all times")
}

fn parse_duration(name: &'static str, value: &str) -> Result<u64, ParamError> {
    parse_number(name, value, "milliseconds")
}

fn invalid(name: &'static str, value: &str, expected: &'static str) -> ParamError {
    ParamError::Invalid { name, value: quoted(value), expected }
}
