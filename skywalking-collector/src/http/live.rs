//! The live streams: new traces or logs, and counters, as lines of JSON, until the client leaves or
//! the collector shuts down.
//!
//! `feed` has what each stream writes.
//!
//! The stream has no queue. The next lines are built when the connection has taken the lines
//! before, from what has arrived since. A client that reads slowly holds at most these lines, which
//! count in the budget, and gets a line that counts what it missed. A client that
//! doesn't read is closed by the timeout of responses. The counters are written once a second, so
//! the connection of one that reads stays open.

mod feed;

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
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::params;
use super::response::{error_response, json_lines};
use crate::api::Stats;
use crate::budget::{BudgetExhausted, Buffer};
use crate::state::{CollectorState, LIVE_STREAMS};
use feed::{Feed, Line, LogFeed, Rates, TraceFeed};

/// The time between two lines of counters.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// The shortest time between two batches of lines.
const BATCH: Duration = Duration::from_millis(100);

/// Starts a stream of traces.
pub(super) async fn traces(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    let params = params::live(query).map(|(query, cursor)| (TraceFeed::new(query), cursor));
    start(state, params)
}

/// Starts a stream of logs.
pub(super) async fn logs(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    let params = params::live_logs(query).map(|(query, cursor)| (LogFeed::new(query), cursor));
    start(state, params)
}

/// Starts a stream of a feed, after the cursor or from now on.
fn start(
    state: Arc<CollectorState>,
    params: Result<(impl Feed, Option<u64>), params::ParamError>,
) -> Response {
    let (feed, cursor) = match params {
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
    let live = Live::new(&state, feed, cursor);
    tokio::spawn(live.run(state, sender, permit));
    json_lines(Body::new(Lines(receiver)))
}

/// A stream: what to write, and what was written.
struct Live<F> {
    feed: F,
    /// The number of the last arrival that was considered.
    cursor: u64,
    changes: watch::Receiver<u64>,
    next_heartbeat: Instant,
    next_batch: Instant,
    /// The number of lines that may be written before the next heartbeat.
    remaining: usize,
    /// The counters of the last heartbeat, and its time.
    last: Option<(Stats, Instant)>,
}

impl<F: Feed> Live<F> {
    fn new(state: &CollectorState, feed: F, cursor: Option<u64>) -> Self {
        let now = Instant::now();
        let last_arrival = feed.last_arrival(state);
        // A cursor from before a restart of the collector: everything is new to its client.
        let resumed = cursor.map(|cursor| if cursor > last_arrival { 0 } else { cursor });
        Self {
            feed,
            cursor: resumed.unwrap_or(last_arrival),
            changes: state.changes(),
            next_heartbeat: now,
            next_batch: now,
            remaining: F::MAX_LINES,
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

    /// Completes when the heartbeat is due, or lines may be due.
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
            self.remaining = F::MAX_LINES;
            self.feed.prepare(state, &mut memory)?;
        }
        let new = self.feed.since(state, self.cursor, self.remaining, &mut memory)?;
        let mut buffer = memory.into_buffer(0);
        for item in &new.items {
            write_line(&mut buffer, &F::line(item))?;
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
        self.remaining = self.remaining.saturating_sub(new.items.len());
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
