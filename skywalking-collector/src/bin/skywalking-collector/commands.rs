//! The commands that show what a running collector has, over HTTP.

mod client;
mod filters;
mod records;
mod services;
mod tail;

use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use skywalking_collector::{ServiceView, Topology, TraceSummary, TraceView, view};

use crate::browser;
use crate::error::Error;
use crate::options::Options;
use crate::output::write;
use client::Client;
pub(crate) use client::DEFAULT_URL;
use filters::{Filters, Paging};
use records::{LogFilters, SourceFilters};

/// Which collector to ask, and how to print its answer.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// HTTP address of the running collector, on this machine
    #[arg(long, value_name = "URL", env = "SW_COLLECTOR_URL", default_value = DEFAULT_URL, value_parser = client::parse_url)]
    url: client::Url,
    /// Print the JSON of the collector
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists traces of a running collector, the newest first
    Traces {
        #[command(flatten)]
        target: Target,
        /// Print each trace as a tree with tags, statements and logs
        #[arg(long, conflicts_with = "json")]
        verbose: bool,
        #[command(flatten)]
        filters: Filters,
        #[command(flatten)]
        paging: Paging,
    },
    /// Shows a trace as a tree, with its critical path
    Trace {
        /// Id of the trace
        id: String,
        #[command(flatten)]
        target: Target,
        /// Print tags, statements and logs of each span
        #[arg(long, conflicts_with = "json")]
        verbose: bool,
        /// Open the page of the trace in the browser too
        #[arg(long)]
        open: bool,
    },
    /// Shows the service map: which service calls which, how often and how fast
    Map {
        #[command(flatten)]
        target: Target,
        /// Print more percentiles of each call
        #[arg(long, conflicts_with = "json")]
        verbose: bool,
    },
    /// Lists the services with the requests that they received
    Services {
        #[command(flatten)]
        target: Target,
        /// Print the endpoints and the slowest statements of each service
        #[arg(long, conflicts_with = "json")]
        verbose: bool,
    },
    /// Lists reported logs of a running collector, the newest last
    Logs {
        #[command(flatten)]
        target: Target,
        /// Print the whole body, the span and the tags of each log
        #[arg(long, conflicts_with = "json")]
        verbose: bool,
        #[command(flatten)]
        filters: LogFilters,
    },
    /// Shows the reported meters of a service: the last, smallest and largest values
    Meters {
        /// Name of the service
        service: String,
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        filters: SourceFilters,
    },
    /// Lists reported events, the newest first
    Events {
        #[command(flatten)]
        target: Target,
        /// Only events of this service
        #[arg(long, value_name = "NAME")]
        service: Option<String>,
        #[command(flatten)]
        filters: SourceFilters,
    },
    /// Prints traces when they arrive and have been quiet for a second, until Ctrl-C
    Tail {
        #[command(flatten)]
        target: Target,
        /// Print each trace as a tree with tags, statements and logs
        #[arg(long, conflicts_with = "json")]
        verbose: bool,
        /// Print the reported logs of each trace too
        #[arg(long, conflicts_with = "json")]
        logs: bool,
        #[command(flatten)]
        filters: Filters,
    },
}

/// Runs a command. `options` has the token.
pub(crate) async fn run(command: Command, options: Options) -> Result<(), Error> {
    let token = options.token()?;
    match command {
        Command::Traces { target, filters, paging, verbose } => {
            let client = Client::new(target.url, token)?;
            traces(&client, target.json, &filters, &paging, verbose).await
        }
        Command::Trace { id, target, verbose, open } => {
            let client = Client::new(target.url, token)?;
            if open {
                browser::open(&client.page(&format!("/traces/{}", client::segment(&id)))).await;
            }
            let text = |trace: TraceView| {
                let style = view::Style::stdout();
                if verbose {
                    view::tree_with_details(&trace, style, usize::MAX)
                } else {
                    view::tree_with_critical_path(&trace, style)
                }
            };
            show(&client, target.json, &trace_path(&id), text).await
        }
        Command::Map { target, verbose } => {
            let client = Client::new(target.url, token)?;
            let view =
                if verbose { view::topology_with_percentiles } else { view::topology_with_stats };
            let text = |map: Topology| view(&map, view::Style::stdout());
            show(&client, target.json, "/api/topology", text).await
        }
        Command::Services { target, verbose } => {
            let client = Client::new(target.url, token)?;
            if verbose {
                return services::with_details(&client).await;
            }
            let text =
                |services: Vec<ServiceView>| view::services(&services, view::Style::stdout());
            show(&client, target.json, "/api/services", text).await
        }
        Command::Logs { target, verbose, filters } => {
            let client = Client::new(target.url, token)?;
            records::logs(&client, target.json, &filters, verbose).await
        }
        Command::Meters { service, target, filters } => {
            let client = Client::new(target.url, token)?;
            records::meters(&client, target.json, service, &filters).await
        }
        Command::Events { target, service, filters } => {
            let client = Client::new(target.url, token)?;
            records::events(&client, target.json, service, &filters).await
        }
        Command::Tail { target, filters, verbose, logs } => {
            let client = Client::new(target.url, token)?;
            tail::run(&client, target.json, &filters, tail::Shown { verbose, logs }).await
        }
    }
}

/// Prints the JSON of an answer, or the text that `text` makes of it.
async fn show<T: DeserializeOwned>(
    client: &Client,
    json: bool,
    path: &str,
    text: impl FnOnce(T) -> String,
) -> Result<(), Error> {
    let answer = client.get(path).await?;
    write(&if json { format!("{answer}\n") } else { text(client.parse(&answer)?) })
}

/// The part of a page of traces that is printed.
#[derive(Deserialize)]
struct Page {
    traces: Vec<TraceSummary>,
    matched: usize,
}

async fn traces(
    client: &Client,
    json: bool,
    filters: &Filters,
    paging: &Paging,
    verbose: bool,
) -> Result<(), Error> {
    let query = client::query(filters.pairs(now()).chain(paging.pairs()));
    let text = client.get(&format!("/api/traces{query}")).await?;
    if json {
        return write(&format!("{text}\n"));
    }
    let page: Page = client.parse(&text)?;
    for trace in &page.traces {
        print_trace(client, trace, verbose).await?;
    }
    match page.matched.saturating_sub(page.traces.len()) {
        0 if page.traces.is_empty() => write("no traces match\n"),
        0 => Ok(()),
        more => write(&format!("… and {more} more: raise --limit\n")),
    }
}

/// The largest number of spans that a list shows of a trace.
const SPANS_OF_A_LIST: usize = 100;

/// Prints a trace of a list: its summary, or its tree with details.
async fn print_trace(client: &Client, trace: &TraceSummary, verbose: bool) -> Result<(), Error> {
    if !verbose {
        return write(&view::summary(trace, now(), view::Style::stdout()));
    }
    match client.get(&trace_path(&trace.trace_id)).await {
        Ok(text) => {
            let (trace, style) = (client.parse(&text)?, view::Style::stdout());
            write(&format!("{}\n", view::tree_with_details(&trace, style, SPANS_OF_A_LIST)))
        }
        // It was evicted since it was listed.
        Err(Error::NotStored(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn trace_path(id: &str) -> String {
    format!("/api/traces/{}", client::segment(id))
}

/// Returns the time in epoch milliseconds.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
