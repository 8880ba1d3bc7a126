//! The parameters of metrics.

use super::filters::parse_time;
use super::{
    ParamError, pairs, parse_choice, parse_count, parse_limit, set_once, set_service, set_text,
};
use crate::api::{StatementKind, TimeRange};
use crate::naming;
use crate::query::SeriesOf;
use crate::text::quoted;

/// The largest number of points of a series.
const MAX_POINTS: usize = 500;
const DEFAULT_POINTS: usize = 60;
const DEFAULT_ENDPOINTS: usize = 100;
const DEFAULT_STATEMENTS: usize = 50;

/// The parameters of metrics. Each path accepts some of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct MetricsParams {
    pub(in crate::http) range: TimeRange,
    /// The displayed name.
    pub(in crate::http) service: Option<String>,
    pub(in crate::http) kind: Option<StatementKind>,
    limit: Option<usize>,
    instance: Option<String>,
    endpoint: Option<String>,
    source: Option<String>,
    target: Option<String>,
    points: Option<usize>,
}

impl MetricsParams {
    /// Parses a query. `expected` lists the accepted parameters, with commas.
    fn parse(query: Option<String>, expected: &'static str) -> Result<Self, ParamError> {
        let mut params = Self::default();
        for (name, value) in pairs(&query.unwrap_or_default()) {
            if !expected.split(", ").any(|accepted| accepted == name) {
                return Err(ParamError::UnknownOf { name: quoted(&name), expected });
            }
            match name.as_str() {
                "from" => set_once("from", &mut params.range.from, parse_time("from", &value)?)?,
                "to" => set_once("to", &mut params.range.to, parse_time("to", &value)?)?,
                "service" => {
                    set_service(&mut params.service, naming::truncated(&value).to_owned())?;
                }
                "instance" => {
                    let instance = naming::truncated(&value).to_owned();
                    set_text("instance", &mut params.instance, instance)?;
                }
                "endpoint" => set_text("endpoint", &mut params.endpoint, value)?,
                "source" => set_text("source", &mut params.source, value)?,
                "target" => set_text("target", &mut params.target, value)?,
                "kind" => set_once("kind", &mut params.kind, parse_kind(&value)?)?,
                "limit" => set_once("limit", &mut params.limit, parse_limit(&value)?)?,
                _ => set_once(
                    "points",
                    &mut params.points,
                    parse_count("points", &value, MAX_POINTS)?,
                )?,
            }
        }
        Ok(params)
    }

    /// Returns the number of endpoints.
    pub(in crate::http) fn endpoints(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_ENDPOINTS)
    }

    /// Returns the number of statements.
    pub(in crate::http) fn statements(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_STATEMENTS)
    }
}

fn parse_kind(value: &str) -> Result<StatementKind, ParamError> {
    let kinds = [("database", StatementKind::Database), ("cache", StatementKind::Cache)];
    parse_choice("kind", value, kinds, "database or cache, or omit it for both")
}

/// Parses a query with a range of time alone.
pub(in crate::http) fn range(query: Option<String>) -> Result<TimeRange, ParamError> {
    MetricsParams::parse(query, "from, to").map(|params| params.range)
}

/// Parses the query of the list of instances.
pub(in crate::http) fn instances(query: Option<String>) -> Result<MetricsParams, ParamError> {
    MetricsParams::parse(query, "service, from, to")
}

/// Parses the query of the list of endpoints.
pub(in crate::http) fn endpoints(query: Option<String>) -> Result<MetricsParams, ParamError> {
    MetricsParams::parse(query, "service, from, to, limit")
}

/// Parses the query of the list of statements.
pub(in crate::http) fn statements(query: Option<String>) -> Result<MetricsParams, ParamError> {
    MetricsParams::parse(query, "service, kind, from, to, limit")
}

/// Parses the query of a series: its subject, and the number of points.
pub(in crate::http) fn series(
    query: Option<String>,
) -> Result<(SeriesOf, TimeRange, usize), ParamError> {
    let expected = "service, endpoint, instance, source, target, from, to, points";
    let params = MetricsParams::parse(query, expected)?;
    let MetricsParams { service, instance, endpoint, source, target, .. } = params;
    let of = match (service, instance, endpoint, source, target) {
        (Some(service), None, None, None, None) => SeriesOf::Service { service },
        (Some(service), Some(instance), None, None, None) => {
            SeriesOf::Instance { service, instance }
        }
        (Some(service), None, Some(endpoint), None, None) => {
            SeriesOf::Endpoint { service, endpoint }
        }
        (None, None, None, Some(source), Some(target)) => SeriesOf::Call { source, target },
        _ => return Err(ParamError::Series),
    };
    Ok((of, params.range, params.points.unwrap_or(DEFAULT_POINTS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn series_has_one_subject() {
        let service = || "a".to_owned();
        let subject = |text: &str| series(query(text)).map(|(of, _, _)| of);

        assert_eq!(subject("service=a"), Ok(SeriesOf::Service { service: service() }));
        assert_eq!(
            subject("service=a&endpoint=/x"),
            Ok(SeriesOf::Endpoint { service: service(), endpoint: "/x".into() })
        );
        assert_eq!(
            subject("source=a.1&target=b.1"),
            Ok(SeriesOf::Call { source: "a.1".into(), target: "b.1".into() })
        );
        for wrong in [
            "",
            "endpoint=a",
            "source=a",
            "service=a&source=b&target=c",
            "service=a&endpoint=b&instance=c",
        ] {
            assert_eq!(subject(wrong), Err(ParamError::Series), "{wrong}");
        }
    }

    #[test]
    fn range_and_points_have_defaults() {
        let all = TimeRange::default();
        let of = || SeriesOf::Service { service: "a".into() };

        assert_eq!(series(query("service=a")), Ok((of(), all, 60)));

        let some = TimeRange { from: Some(5), to: Some(9) };

        assert_eq!(series(query("service=a&from=5&to=9&points=500")), Ok((of(), some, 500)));
        assert_eq!(range(query("from=5&to=9")), Ok(some));
    }

    #[test]
    fn errors_name_the_value_and_the_fix() {
        let queries = [
            "points=0",
            "points=501",
            "points=x",
            "from=x",
            "from=1&from=2",
            "limit=1",
            "endpoint=",
        ];
        let errors = queries.map(|text| match series(query(text)) {
            Ok(read) => format!("{text} was read as {read:?}"),
            Err(error) => format!("{text}: {error}"),
        });

        insta::assert_snapshot!(errors.join("\n"), @r#"
        points=0: invalid points="0": expected a number from 1 to 500
        points=501: invalid points="501": expected a number from 1 to 500
        points=x: invalid points="x": expected a number from 1 to 500
        from=x: invalid from="x": expected epoch milliseconds, or omit it for all times
        from=1&from=2: duplicate parameter from: send it once
        limit=1: unknown parameter "limit": expected service, endpoint, instance, source, target, from, to, points
        endpoint=: invalid endpoint="": expected a text, or omit it
        "#);
        assert_eq!(
            range(query("x=1")).map_err(|error| error.to_string()),
            Err("unknown parameter \"x\": expected from, to".into())
        );
    }
}
