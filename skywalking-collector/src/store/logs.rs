//! Stores logs by arrival, with indexes by time, trace, service and level. At the limit, the log
//! that arrived first is evicted.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use crate::api::LogRecord;

/// The memory of a log in the indexes, in addition to the log itself.
const OVERHEAD: usize = 512;

/// What an index lists the logs of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum LogTerm {
    Trace(Box<str>),
    Service(Box<str>),
    /// In upper case.
    Level(Box<str>),
}

/// Time and number of a log.
pub(crate) type LogKey = (i64, u64);

#[derive(Debug)]
struct Stored {
    record: Arc<LogRecord>,
    bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Logs {
    max_bytes: usize,
    by_arrival: VecDeque<Stored>,
    /// The number of the first one in the queue.
    first: u64,
    by_time: BTreeSet<LogKey>,
    by_term: HashMap<LogTerm, BTreeSet<LogKey>>,
    bytes: usize,
    evicted: u64,
}

impl Logs {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            by_arrival: VecDeque::new(),
            first: 1,
            by_time: BTreeSet::new(),
            by_term: HashMap::new(),
            bytes: 0,
            evicted: 0,
        }
    }

    /// Adds a log and gives it a number. `bytes` is its memory.
    pub(super) fn insert(&mut self, mut record: LogRecord, bytes: usize) {
        record.number = self.last() + 1;
        let key = (record.time, record.number);
        self.by_time.insert(key);
        for term in terms(&record) {
            self.by_term.entry(term).or_default().insert(key);
        }
        let bytes = bytes.saturating_add(OVERHEAD + record.trace_id.len());
        self.bytes += bytes;
        self.by_arrival.push_back(Stored { record: Arc::new(record), bytes });
        while self.bytes > self.max_bytes {
            let Some(Stored { record, bytes }) = self.by_arrival.pop_front() else { break };
            self.first += 1;
            self.bytes -= bytes;
            self.evicted += 1;
            let key = (record.time, record.number);
            self.by_time.remove(&key);
            for term in terms(&record) {
                if let Some(keys) = self.by_term.get_mut(&term) {
                    keys.remove(&key);
                    if keys.is_empty() {
                        self.by_term.remove(&term);
                    }
                }
            }
        }
    }

    /// Returns the number of logs with a term.
    pub(crate) fn count(&self, term: &LogTerm) -> usize {
        self.by_term.get(term).map_or(0, BTreeSet::len)
    }

    /// Returns at most `count` logs with a term, or of all logs, whose keys are in a range.
    pub(crate) fn range(
        &self,
        term: Option<&LogTerm>,
        range: (Bound<LogKey>, Bound<LogKey>),
        is_descending: bool,
        count: usize,
    ) -> Vec<Arc<LogRecord>> {
        let keys = match term {
            None => &self.by_time,
            Some(term) => match self.by_term.get(term) {
                Some(keys) => keys,
                None => return Vec::new(),
            },
        };
        if is_empty(&range) {
            return Vec::new();
        }
        let keys = keys.range(range);
        let record = |(_, number): &LogKey| self.by_number(*number);
        if is_descending {
            keys.rev().take(count).filter_map(record).collect()
        } else {
            keys.take(count).filter_map(record).collect()
        }
    }

    /// Returns at most `count` logs that arrived after a number, in the order of arrival.
    pub(crate) fn since(&self, number: u64, count: usize) -> Vec<Arc<LogRecord>> {
        let skipped = (number + 1).saturating_sub(self.first);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let later = self.by_arrival.iter().skip(skipped).take(count);
        later.map(|stored| Arc::clone(&stored.record)).collect()
    }

    pub(crate) fn by_number(&self, number: u64) -> Option<Arc<LogRecord>> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.by_arrival.get(at).map(|stored| Arc::clone(&stored.record))
    }

    /// Returns the number of the last log.
    pub(crate) fn last(&self) -> u64 {
        self.first + self.by_arrival.len() as u64 - 1
    }

    pub(crate) fn len(&self) -> usize {
        self.by_arrival.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// Returns whether a range has no keys. A `BTreeSet` panics for such a range.
fn is_empty((from, to): &(Bound<LogKey>, Bound<LogKey>)) -> bool {
    let is_open = matches!(from, Bound::Excluded(_)) || matches!(to, Bound::Excluded(_));
    match (from, to) {
        (
            Bound::Included(from) | Bound::Excluded(from),
            Bound::Included(to) | Bound::Excluded(to),
        ) => from > to || (from == to && is_open),
        _ => false,
    }
}

fn terms(record: &LogRecord) -> impl Iterator<Item = LogTerm> + use<> {
    let trace = Some(&record.trace_id).filter(|id| !id.is_empty());
    let trace = trace.map(|id| LogTerm::Trace(id.as_str().into()));
    let service = LogTerm::Service(record.service.as_str().into());
    let level = LogTerm::Level(level_key(&record.level).into());
    [trace, Some(service), Some(level)].into_iter().flatten()
}

/// Returns the level by which a log is found.
pub(crate) fn level_key(level: &str) -> String {
    level.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(time: i64, service: &str, level: &str, trace: &str) -> LogRecord {
        LogRecord {
            time,
            service: service.into(),
            level: level.into(),
            trace_id: trace.into(),
            ..LogRecord::default()
        }
    }

    const ALL: (Bound<LogKey>, Bound<LogKey>) = (Bound::Unbounded, Bound::Unbounded);

    fn times(found: &[Arc<LogRecord>]) -> Vec<i64> {
        found.iter().map(|log| log.time).collect()
    }

    #[test]
    fn logs_are_listed_by_time_and_term() {
        let mut logs = Logs::new(1_000_000);
        logs.insert(log(30, "a", "info", "t"), 0);
        logs.insert(log(10, "b", "INFO", ""), 0);
        logs.insert(log(20, "a", "WARN", "t"), 0);
        let list = |term: Option<LogTerm>| times(&logs.range(term.as_ref(), ALL, true, 10));

        assert_eq!(list(None), [30, 20, 10]);
        assert_eq!(list(Some(LogTerm::Service("a".into()))), [30, 20]);
        assert_eq!(list(Some(LogTerm::Level("INFO".into()))), [30, 10]);
        assert_eq!(list(Some(LogTerm::Trace("t".into()))), [30, 20]);
        assert_eq!(list(Some(LogTerm::Trace("".into()))), [0_i64; 0]);
        assert_eq!(times(&logs.range(None, ALL, false, 2)), [10, 20]);
        let later = (Bound::Excluded((10, 2)), Bound::Excluded((30, 0)));
        assert_eq!(times(&logs.range(None, later, true, 10)), [20]);
        for wrong in [(5, 5), (9, 3)] {
            let range = (Bound::Excluded((wrong.0, 0)), Bound::Excluded((wrong.1, 0)));
            assert!(logs.range(None, range, true, 10).is_empty());
        }
        assert_eq!(times(&logs.since(1, 10)), [10, 20]);
        assert_eq!(times(&logs.since(9, 10)), [0_i64; 0]);
    }

    #[test]
    fn first_logs_are_evicted_with_their_index_entries() {
        let mut logs = Logs::new(10 * (OVERHEAD + 1_001));
        for number in 0..25_u32 {
            logs.insert(log(i64::from(number), "a", "INFO", &format!("{}", number % 10)), 1_000);
        }
        assert_eq!((logs.len(), logs.evicted(), logs.last()), (10, 15, 25));
        assert_eq!((logs.by_time.len(), logs.count(&LogTerm::Service("a".into()))), (10, 10));
        assert_eq!(logs.by_term.len(), 12);
        assert!(logs.by_number(15).is_none() && logs.by_number(16).is_some());

        logs.insert(log(0, "b", "", ""), usize::MAX / 2);

        assert_eq!((logs.len(), logs.bytes(), logs.by_term.len(), logs.last()), (0, 0, 0, 26));
        assert!(logs.since(0, 10).is_empty());
    }
}
