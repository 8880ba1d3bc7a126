//! What the live streams write.

use serde::Serialize;

use crate::api::{LogQuery, LogRecord, New, Stats, TraceQuery, TraceSummary};
use crate::budget::{BudgetExhausted, Reservation};
use crate::query::CallEnds;
use crate::state::CollectorState;

/// A line of a stream.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Line<'a> {
    Trace { trace: &'a TraceSummary },
    Log { log: &'a LogRecord },
    Stats { stats: &'a Stats, rates: Rates, cursor: u64 },
    Gap { omitted: usize },
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rates {
    pub(super) segments_per_second: f64,
    pub(super) spans_per_second: f64,
}

/// What a stream writes.
pub(super) trait Feed: Send + 'static {
    type Item: Send;

    /// The largest number of lines between two lines of counters. Further ones are counted.
    const MAX_LINES: usize;

    /// Returns the number of the last arrival.
    fn last_arrival(&self, state: &CollectorState) -> u64;

    /// Prepares for the lines until the next line of counters.
    fn prepare(
        &mut self,
        state: &CollectorState,
        memory: &mut Reservation,
    ) -> Result<(), BudgetExhausted>;

    /// Returns what arrived after a position.
    fn since(
        &self,
        state: &CollectorState,
        cursor: u64,
        limit: usize,
        memory: &mut Reservation,
    ) -> Result<New<Self::Item>, BudgetExhausted>;

    fn line(item: &Self::Item) -> Line<'_>;
}

/// The traces of a query.
pub(super) struct TraceFeed {
    query: TraceQuery,
    /// The ends of the calls of the query, as of the last line of counters.
    calls: Option<CallEnds>,
}

impl TraceFeed {
    pub(super) const fn new(query: TraceQuery) -> Self {
        Self { query, calls: None }
    }
}

impl Feed for TraceFeed {
    type Item = TraceSummary;

    const MAX_LINES: usize = 200;

    fn last_arrival(&self, state: &CollectorState) -> u64 {
        state.last_arrival()
    }

    fn prepare(
        &mut self,
        state: &CollectorState,
        memory: &mut Reservation,
    ) -> Result<(), BudgetExhausted> {
        self.calls = state.call_ends(&self.query, memory)?;
        Ok(())
    }

    fn since(
        &self,
        state: &CollectorState,
        cursor: u64,
        limit: usize,
        memory: &mut Reservation,
    ) -> Result<New<TraceSummary>, BudgetExhausted> {
        let new = state.traces_since(&self.query, self.calls.as_ref(), cursor, limit, memory)?;
        Ok(New { items: new.traces, omitted: new.omitted, cursor: new.cursor })
    }

    fn line(trace: &TraceSummary) -> Line<'_> {
        Line::Trace { trace }
    }
}

/// The logs of a query.
pub(super) struct LogFeed(LogQuery);

impl LogFeed {
    pub(super) const fn new(query: LogQuery) -> Self {
        Self(query)
    }
}

impl Feed for LogFeed {
    type Item = LogRecord;

    const MAX_LINES: usize = 500;

    fn last_arrival(&self, state: &CollectorState) -> u64 {
        state.last_log()
    }

    fn prepare(&mut self, _: &CollectorState, _: &mut Reservation) -> Result<(), BudgetExhausted> {
        Ok(())
    }

    fn since(
        &self,
        state: &CollectorState,
        cursor: u64,
        limit: usize,
        memory: &mut Reservation,
    ) -> Result<New<LogRecord>, BudgetExhausted> {
        state.logs_since(&self.0, cursor, limit, memory)
    }

    fn line(log: &LogRecord) -> Line<'_> {
        Line::Log { log }
    }
}
