//! Prints traces of the live stream.
//!
//! The last segment of a trace can't be recognized. A trace is printed when it has not grown
//! between two lines of counters, which the collector writes once a second, and again if it grows
//! later.

use std::io::Write as _;

use serde::Deserialize;
use skywalking_collector::TraceSummary;

use super::client::{self, Client};
use super::filters::Filters;
use super::{now, print_trace, records};
use crate::error::Error;
use crate::output::write;

/// The longest line of the stream, in bytes.
const MAX_LINE: usize = 64 * 1024 * 1024;

/// A line of the stream.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line {
    Trace { trace: Box<TraceSummary> },
    Stats {},
    Gap { omitted: usize },
}

/// A trace that may grow.
struct Pending {
    trace: TraceSummary,
    /// Whether it has not grown since a line of counters.
    is_quiet: bool,
}

/// What is printed of each trace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// Its tree with details.
    pub(super) verbose: bool,
    /// Its reported logs.
    pub(super) logs: bool,
}

/// Prints traces until the collector ends the stream.
pub(super) async fn run(
    client: &Client,
    json: bool,
    filters: &Filters,
    shown: Shown,
) -> Result<(), Error> {
    let query = client::query(filters.pairs(now()));
    let mut stream = client.stream(&format!("/api/live{query}")).await?;
    let waiting = format!("waiting for traces of {}", client.page("/"));
    let _ = writeln!(std::io::stderr(), "{waiting}");
    let mut tail = Tail { client, json, shown, pending: Vec::new() };
    let mut buffer = Vec::new();
    while let Some(part) = stream.next().await? {
        buffer.extend_from_slice(&part);
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            tail.line(&String::from_utf8_lossy(&line)).await?;
        }
        if buffer.len() > MAX_LINE {
            return Err(Error::Refused(format!("a line is longer than {MAX_LINE} bytes")));
        }
    }
    tail.print_pending(|_| true).await?;
    let _ = writeln!(std::io::stderr(), "skywalking-collector: the collector ended the stream");
    Ok(())
}

struct Tail<'a> {
    client: &'a Client,
    json: bool,
    shown: Shown,
    /// Bounded, since the collector writes at most 200 traces between two lines of counters.
    pending: Vec<Pending>,
}

impl Tail<'_> {
    async fn line(&mut self, line: &str) -> Result<(), Error> {
        if self.json {
            return write(line);
        }
        match self.client.parse(line)? {
            Line::Trace { trace } => {
                self.pending.retain(|other| other.trace.trace_id != trace.trace_id);
                self.pending.push(Pending { trace: *trace, is_quiet: false });
                Ok(())
            }
            Line::Stats {} => {
                self.print_pending(|pending| pending.is_quiet).await?;
                self.pending.iter_mut().for_each(|pending| pending.is_quiet = true);
                Ok(())
            }
            Line::Gap { omitted } => write(&format!("… and {omitted} more traces\n")),
        }
    }

    /// Prints the selected traces and forgets them.
    async fn print_pending(&mut self, is_due: impl Fn(&Pending) -> bool) -> Result<(), Error> {
        let (due, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().partition(is_due);
        self.pending = rest;
        for Pending { trace, .. } in due {
            print_trace(self.client, &trace, self.shown.verbose).await?;
            if self.shown.logs {
                records::of_trace(self.client, &trace.trace_id, self.shown.verbose).await?;
            }
        }
        Ok(())
    }
}
