//! The live stream: new traces and counters as lines of JSON, until the client leaves or the
//! collector shuts down.
//!
//! The stream has no queue. The next lines are built when the connection has taken the lines
//! before, from what has arrived since. A client that reads slowly holds at most these lines, which
//! count in the budget, and gets a line that counts the traces that it missed. A client that
//! doesn't read is closed by the timeout of responses. The counters are written once a second, so
//! the connection of one that reads stays open.

use std::convert::Infallible;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::params;
use super::response::{error_response, json_lines};
use crate::api::{Stats, TraceQuery, TraceSummary};
use crate::budget::{BudgetExhausted, Buffer};
use crate::query::CallEnds;
use crate::state::{CollectorState, LIVE_STREAMS};

/// The time between two lines of counters.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// The shortest time between two batches of traces.
const BATCH: Duration = Duration::from_millis(100);
/// The largest number of traces between two lines of counters. Further ones are counted.
const MAX_TRACES: usize = 200;

/// Starts a stream.
pub(super) async fn stream(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    let (query, cursor) = match params::live(query) {
        Ok(params) => params,
        Err(error) => return error_response(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let Ok(permit) = Arc::clone(state.live_permits()).try_acquire_owned() else {
        let message = format!(
            "{LIVE_STREAMS} live streams are open, which is the limit: close one and try again"
        );
        return error_response(StatusCode::SERVICE_UNAVAILABLE, &message);
    };
    let (sender, receiver) = mpsc::channel(1);
    let live = Live::new(&state, query, cursor);
    tokio::spawn(live.run(state, sender, permit));
    json_lines(Body::new(Lines(receiver)))
}

/// A line of the stream.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Trace { trace: &'a TraceSummary },
    Stats { stats: &'a Stats, rates: Rates, cursor: u64 },
    Gap { omitted: usize },
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rates {
    segments_per_second: f64,
    spans_per_second: f64,
}

/// A stream: what to write, and what was written.
struct Live {
    query: TraceQuery,
    /// The ends of the calls of the query, as of the last heartbeat.
    calls: Option<CallEnds>,
    /// The arrival number of the last segment that was considered.
    cursor: u64,
    changes: watch::Receiver<u64>,
    next_heartbeat: Instant,
    next_batch: Instant,
    /// The number of traces that may be written before the next heartbeat.
    remaining: usize,
    /// The counters of the last heartbeat, and its time.
    last: Option<(Stats, Instant)>,
}

impl Live {
    fn new(state: &CollectorState, query: TraceQuery, cursor: Option<u64>) -> Self {
        let now = Instant::now();
        let last_arrival = state.last_arrival();
        // A cursor from before a restart of the collector: everything is new to its client.
        let resumed = cursor.map(|cursor| if cursor > last_arrival { 0 } else { cursor });
        Self {
            query,
            calls: None,
            cursor: resumed.unwrap_or(last_arrival),
            changes: state.changes(),
            next_heartbeat: now,
            next_batch: now,
            remaining: MAX_TRACES,
            last: None,
        }
    }

    /// Writes until the client leaves or the shutdown starts.
    async fn run(
        mut self,
        state: Arc<CollectorState>,
        lines: mpsc::Sender<Bytes>,
        permit: OwnedSemaphorePermit,
    ) {
        let shutdown = Arc::clone(state.shutdown());
        tokio::select! {
            () = shutdown.started() => {}
            () = lines.closed() => {}
            _ = self.write_all(&state, &lines) => {}
        }
        drop(permit);
    }

    async fn write_all(
        &mut self,
        state: &CollectorState,
        lines: &mpsc::Sender<Bytes>,
    ) -> Option<Infallible> {
        loop {
            self.due().await;
            // The lines are built when the client has taken the ones before.
            let place = lines.reserve().await.ok()?;
            // Without budget, this part is written later.
            if let Ok(written) = self.write(state, Instant::now())
                && written.len() > 0
            {
                place.send(written.into_bytes());
            }
        }
    }

    /// Completes when the heartbeat is due, or traces may have arrived.
    async fn due(&mut self) {
        let (changes, next_batch) = (&mut self.changes, self.next_batch);
        let changed = async {
            sleep_until(next_batch).await;
            if changes.changed().await.is_err() {
                // The sender is gone, so nothing changes any more.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = sleep_until(self.next_heartbeat) => {}
            () = changed, if self.remaining > 0 => {}
        }
    }

    /// Returns the lines that are due.
    fn write(&mut self, state: &CollectorState, now: Instant) -> Result<Buffer, BudgetExhausted> {
        let is_heartbeat = now >= self.next_heartbeat;
        self.next_batch = now + BATCH;
        let mut memory = state.budget().reservation();
        if is_heartbeat {
            self.next_heartbeat = now + HEARTBEAT;
            self.remaining = MAX_TRACES;
            self.calls = state.call_ends(&self.query, &mut memory)?;
        }
        let calls = self.calls.as_ref();
        let new =
            state.traces_since(&self.query, calls, self.cursor, self.remaining, &mut memory)?;
        let mut buffer = memory.into_buffer(0);
        for trace in &new.traces {
            write_line(&mut buffer, &Line::Trace { trace })?;
        }
        if new.omitted > 0 {
            write_line(&mut buffer, &Line::Gap { omitted: new.omitted })?;
        }
        if is_heartbeat {
            let stats = state.stats();
            let rates = self.rates(&stats, now);
            write_line(&mut buffer, &Line::Stats { stats: &stats, rates, cursor: new.cursor })?;
            self.last = Some((stats, now));
        }
        self.remaining = self.remaining.saturating_sub(new.traces.len());
        self.cursor = new.cursor;
        drop(new);
        Ok(buffer.release_source())
    }

    /// Returns the rates since the last heartbeat.
    #[allow(clippy::cast_precision_loss)] // counters far below 2^53
    fn rates(&self, stats: &Stats, now: Instant) -> Rates {
        let Some((last, time)) = &self.last else {
            return Rates::default();
        };
        let seconds = (now - *time).as_secs_f64().max(0.001);
        let rate = |now: u64, before: u64| now.saturating_sub(before) as f64 / seconds;
        Rates {
            segments_per_second: rate(stats.segments_accepted, last.segments_accepted),
            spans_per_second: rate(stats.spans_accepted, last.spans_accepted),
        }
    }
}

fn write_line(buffer: &mut Buffer, line: &Line<'_>) -> Result<(), BudgetExhausted> {
    // The lines serialize without errors, so the buffer's error is the only one.
    serde_json::to_writer(&mut *buffer, line).map_err(|_| BudgetExhausted)?;
    buffer.write_all(b"\n").map_err(|_| BudgetExhausted)
}

/// The body: each message of the channel is a chunk.
#[derive(Debug)]
struct Lines(mpsc::Receiver<Bytes>);

impl http_body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}
