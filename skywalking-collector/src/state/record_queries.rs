//! Lists of logs, meters and events.

use std::ops::Bound;
use std::sync::Arc;

use super::CollectorState;
use crate::api::{
    Cursor, EventQuery, EventView, LogPage, LogQuery, LogRecord, MAX_LOGS, MeterQuery, MeterView,
    New, SortOrder,
};
use crate::budget::Memory;
use crate::query::{self, LogDetail, LogFilter};

/// The number of logs that are looked up while the store is locked.
const LOGS_STEP: usize = 5_000;

impl CollectorState {
    /// Returns the logs that match, in the order of the query.
    pub(crate) fn logs<M: Memory>(
        &self,
        query: &LogQuery,
        detail: LogDetail,
        memory: &mut M,
    ) -> Result<LogPage, M::Error> {
        let filter = LogFilter::new(query);
        let term = filter.rarest(self.store().logs());
        let is_descending = query.order == SortOrder::Descending;
        let limit = query.limit.min(MAX_LOGS);
        let (mut from, mut to) = filter.range();
        let (mut logs, mut matched, mut after_cursor) = (Vec::new(), 0, 0);
        loop {
            let step =
                self.store().logs().range(term.as_ref(), (from, to), is_descending, LOGS_STEP);
            let Some(last) = step.last().map(|log| (log.time, log.number)) else { break };
            for log in step.iter().filter(|log| filter.is_match(log)) {
                matched += 1;
                if !filter.is_after((log.time, log.number)) {
                    continue;
                }
                after_cursor += 1;
                if logs.len() < limit {
                    memory.take(detail.bytes(log))?;
                    logs.push(Arc::clone(log));
                }
            }
            if is_descending {
                to = Bound::Excluded(last);
            } else {
                from = Bound::Excluded(last);
            }
        }
        let next = logs.last().map(|log| Cursor { key: log.time, number: log.number });
        Ok(LogPage {
            next: next.filter(|_| logs.len() < after_cursor),
            logs: logs.iter().map(|log| detail.view(log)).collect(),
            matched,
        })
    }

    /// Returns the log with this number, or `None` if it is not stored.
    pub(crate) fn log(&self, number: u64) -> Option<Arc<LogRecord>> {
        self.store().logs().by_number(number)
    }

    /// Returns the arrival number of the last log.
    pub(crate) fn last_log(&self) -> u64 {
        self.store().logs().last()
    }

    /// Returns the logs that match and arrived since the cursor. Of more than `limit`, the latest
    /// are returned and the others are counted.
    pub(crate) fn logs_since<M: Memory>(
        &self,
        query: &LogQuery,
        cursor: u64,
        limit: usize,
        memory: &mut M,
    ) -> Result<New<LogRecord>, M::Error> {
        let filter = LogFilter::new(query);
        let (mut found, mut cursor, mut omitted) = (std::collections::VecDeque::new(), cursor, 0);
        loop {
            let step = self.store().logs().since(cursor, LOGS_STEP);
            let Some(last) = step.last() else { break };
            cursor = last.number;
            for log in step.into_iter().filter(|log| filter.is_match(log)) {
                found.push_back(log);
                if found.len() > limit {
                    found.pop_front();
                    omitted += 1;
                }
            }
        }
        memory.take(found.iter().map(|log| LogDetail::Cut.bytes(log)).sum())?;
        let logs = found.iter().map(|log| LogDetail::Cut.view(log)).collect();
        Ok(New { items: logs, omitted, cursor })
    }

    pub(crate) fn meters<M: Memory>(
        &self,
        query: &MeterQuery,
        memory: &mut M,
    ) -> Result<Vec<MeterView>, M::Error> {
        let selected = query::meters(self.store().meters(), query, memory)?;
        Ok(selected.view(query))
    }

    pub(crate) fn events<M: Memory>(
        &self,
        query: &EventQuery,
        memory: &mut M,
    ) -> Result<Vec<EventView>, M::Error> {
        let found = query::events(self.store().events(), query, memory)?;
        Ok(found.iter().map(|event| EventView::clone(event)).collect())
    }
}
