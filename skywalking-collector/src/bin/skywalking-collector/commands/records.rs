//! `logs`, `meters` and `events`.

use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use skywalking_collector::{EventView, LogRecord, MeterView, view};

use super::client::{self, Client};
use super::filters::{parse_time, since};
use super::{now, show};
use crate::error::Error;
use crate::output::write;

/// Selects a time range.
#[derive(Debug, Args)]
pub(crate) struct Range {
    /// Only of this time until now, such as 30s, 15m or 2h
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "from")]
    last: Option<Duration>,
    /// Only of this time or later, in epoch milliseconds
    #[arg(long, value_name = "MS")]
    from: Option<u64>,
    /// Only before this time, in epoch milliseconds
    #[arg(long, value_name = "MS")]
    to: Option<u64>,
}

impl Range {
    fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let number = |name, value: Option<u64>| value.map(|value| (name, value.to_string()));
        [since(self.last, now()), number("from", self.from), number("to", self.to)]
            .into_iter()
            .flatten()
    }
}

/// Selects logs. All conditions have to hold.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct LogFilters {
    /// Only logs of this service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only logs of this service instance
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Only logs of this endpoint
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Only logs of this level, such as ERROR; may be repeated
    #[arg(long, value_name = "LEVEL")]
    level: Vec<String>,
    /// Only logs with this text in the body or in the value of a tag
    #[arg(long)]
    text: Option<String>,
    /// Only logs of this trace
    #[arg(long, value_name = "ID")]
    trace: Option<String>,
    #[command(flatten)]
    range: Range,
    /// Number of logs, at most 10000 [default: 100]
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
}

/// The part of a page of logs that is printed.
#[derive(Deserialize)]
struct Page {
    logs: Vec<LogRecord>,
    matched: usize,
}

/// Prints the latest logs that match, the newest last.
pub(super) async fn logs(
    client: &Client,
    json: bool,
    filters: &LogFilters,
    verbose: bool,
) -> Result<(), Error> {
    let text = |name, value: &Option<String>| value.clone().map(|value| (name, value));
    let single = [
        text("service", &filters.service),
        text("instance", &filters.instance),
        text("endpoint", &filters.endpoint),
        text("text", &filters.text),
        text("trace", &filters.trace),
        filters.limit.map(|limit| ("limit", limit.to_string())),
    ];
    let levels = filters.level.iter().map(|level| ("level", level.clone()));
    let pairs = single.into_iter().flatten().chain(levels).chain(filters.range.pairs());
    let answer = client.get(&format!("/api/logs{}", client::query(pairs))).await?;
    if json {
        return write(&format!("{answer}\n"));
    }
    let mut page: Page = client.parse(&answer)?;
    match page.matched.saturating_sub(page.logs.len()) {
        0 if page.logs.is_empty() => write("no logs match\n")?,
        0 => {}
        more => write(&format!("… and {more} earlier ones: raise --limit\n"))?,
    }
    page.logs.reverse();
    write(&lines(&page.logs, verbose))
}

fn lines(logs: &[LogRecord], verbose: bool) -> String {
    let style = view::Style::stdout();
    if verbose { view::logs_with_details(logs, style) } else { view::logs(logs, style) }
}

/// Prints the logs of a trace, in the order of time.
pub(super) async fn of_trace(client: &Client, id: &str, verbose: bool) -> Result<(), Error> {
    let answer = client.get(&format!("/api/traces/{}/logs", client::segment(id))).await?;
    let page: Page = client.parse(&answer)?;
    write(&lines(&page.logs, verbose))
}

/// Which meters or events to print.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct SourceFilters {
    /// Only of this service instance
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Only with this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    range: Range,
    /// Number of lines at most
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
}

impl SourceFilters {
    fn query(&self, service: Option<String>) -> String {
        let single = [
            service.map(|service| ("service", service)),
            self.instance.clone().map(|instance| ("instance", instance)),
            self.name.clone().map(|name| ("name", name)),
            self.limit.map(|limit| ("limit", limit.to_string())),
        ];
        client::query(single.into_iter().flatten().chain(self.range.pairs()))
    }
}

/// Prints the meters of a service.
pub(super) async fn meters(
    client: &Client,
    json: bool,
    service: String,
    filters: &SourceFilters,
) -> Result<(), Error> {
    let text = |meters: Vec<MeterView>| {
        if meters.is_empty() {
            return "no meters match\n".to_owned();
        }
        view::meters(&meters, view::Style::stdout())
    };
    show(client, json, &format!("/api/meters{}", filters.query(Some(service))), text).await
}

/// Prints the latest events, the newest first.
pub(super) async fn events(
    client: &Client,
    json: bool,
    service: Option<String>,
    filters: &SourceFilters,
) -> Result<(), Error> {
    let text = |events: Vec<EventView>| {
        if events.is_empty() {
            return "no events match\n".to_owned();
        }
        view::events(&events, view::Style::stdout())
    };
    show(client, json, &format!("/api/events{}", filters.query(service)), text).await
}
