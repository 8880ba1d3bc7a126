//! Which traces to list.

use std::time::Duration;

use clap::{Args, ValueEnum};

/// Selects traces. All conditions have to hold.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Only traces with a span of this service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only traces with a span of this service instance
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Only traces with an entry span of this name
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Only traces with this tag, or with any value of the key; may be repeated
    #[arg(long, value_name = "KEY[=VALUE]")]
    tag: Vec<String>,
    /// Only traces that contain this text
    #[arg(long)]
    text: Option<String>,
    /// Only traces that took at least this long, in milliseconds
    #[arg(long, value_name = "MS")]
    min_duration: Option<u64>,
    /// Only traces that took at most this long, in milliseconds
    #[arg(long, value_name = "MS")]
    max_duration: Option<u64>,
    /// Only traces with a failed span, or with --error=false only those without
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    error: Option<bool>,
    /// Only traces with violations of the protocol
    #[arg(long)]
    violations: bool,
    /// Only traces that started within this time, such as 30s, 15m or 2h
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "from")]
    last: Option<Duration>,
    /// Only traces that started at this time or later, in epoch milliseconds
    #[arg(long, value_name = "MS")]
    from: Option<u64>,
    /// Only traces that started before this time, in epoch milliseconds
    #[arg(long, value_name = "MS")]
    to: Option<u64>,
}

impl Filters {
    /// Returns the parameters of the query. `now` is in epoch milliseconds.
    pub(super) fn pairs(&self, now: i64) -> impl Iterator<Item = (&'static str, String)> {
        let text = |name, value: &Option<String>| value.clone().map(|value| (name, value));
        let number = |name, value: Option<u64>| value.map(|value| (name, value.to_string()));
        let single = [
            text("service", &self.service),
            text("instance", &self.instance),
            text("endpoint", &self.endpoint),
            text("text", &self.text),
            number("minDuration", self.min_duration),
            number("maxDuration", self.max_duration),
            self.error.map(|error| ("error", error.to_string())),
            self.violations.then(|| ("violations", "true".to_owned())),
            since(self.last, now),
            number("from", self.from),
            number("to", self.to),
        ];
        let tags = self.tag.clone().into_iter().map(|tag| ("tag", tag));
        single.into_iter().flatten().chain(tags)
    }
}

/// The part of the list to print.
#[derive(Debug, Args)]
pub(crate) struct Paging {
    /// Sort by this [default: start]
    #[arg(long)]
    sort: Option<Sort>,
    /// Order of the list [default: desc]
    #[arg(long)]
    order: Option<Order>,
    /// Number of traces, at most 10000 [default: 20]
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    Start,
    Duration,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    Desc,
    Asc,
}

impl Paging {
    /// Returns the parameters of the query.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        fn name(value: &impl ValueEnum) -> Option<String> {
            value.to_possible_value().map(|value| value.get_name().to_owned())
        }
        let pairs = [
            self.sort.as_ref().and_then(name).map(|sort| ("sort", sort)),
            self.order.as_ref().and_then(name).map(|order| ("order", order)),
            self.limit.map(|limit| ("limit", limit.to_string())),
        ];
        pairs.into_iter().flatten()
    }
}

/// Returns the parameter `from` for a time until `now`, in epoch milliseconds.
pub(super) fn since(last: Option<Duration>, now: i64) -> Option<(&'static str, String)> {
    let milliseconds = |last: Duration| i64::try_from(last.as_millis()).unwrap_or(i64::MAX);
    last.map(|last| ("from", now.saturating_sub(milliseconds(last)).max(0).to_string()))
}

pub(super) fn parse_time(value: &str) -> Result<Duration, String> {
    let expected = || format!("{value:?}: expected a number with s, m, h or d, such as 15m");
    let unit = value.chars().last().ok_or_else(expected)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(expected()),
    };
    let number: u64 = value.trim_end_matches(unit).parse().map_err(|_| expected())?;
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}
