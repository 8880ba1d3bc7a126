//! The slowest and the latest statements of a service.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::api::StatementView;

/// The number of slowest statements, and that of latest ones.
const KEEP: usize = 100;
/// The memory of a statement in addition to its texts, in both collections.
const OVERHEAD: usize = 512;

/// Statements with the numbers of their arrival.
#[derive(Debug, Default)]
pub(super) struct List {
    /// By duration and number.
    slowest: BTreeMap<(u64, u64), Arc<StatementView>>,
    latest: VecDeque<(u64, Arc<StatementView>)>,
    updated: u64,
    bytes: usize,
}

impl List {
    pub(super) fn add(&mut self, number: u64, statement: Arc<StatementView>) {
        self.updated = number;
        // A statement in both collections counts twice.
        self.bytes += 2 * memory(&statement);
        self.slowest.insert((statement.duration, number), Arc::clone(&statement));
        self.latest.push_back((number, statement));
        let fast = if self.slowest.len() > KEEP { self.slowest.pop_first() } else { None };
        let old = if self.latest.len() > KEEP { self.latest.pop_front() } else { None };
        for removed in [fast.map(|(_, removed)| removed), old.map(|(_, removed)| removed)] {
            self.bytes -= removed.map_or(0, |removed| memory(&removed));
        }
    }

    /// Returns each statement once.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<StatementView>> {
        let latest = self
            .latest
            .iter()
            .filter(|(number, one)| !self.slowest.contains_key(&(one.duration, *number)))
            .map(|(_, one)| one);
        self.slowest.values().chain(latest)
    }

    /// Returns the number of the last statement that was added.
    pub(super) fn updated(&self) -> u64 {
        self.updated
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Returns the memory of a statement in bytes.
pub(crate) fn memory(statement: &StatementView) -> usize {
    let StatementView { service, peer, db_type, statement, trace_id, segment_id, .. } = statement;
    let texts = [service, peer, db_type, statement, trace_id, segment_id];
    OVERHEAD + texts.iter().map(|text| text.len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::StatementKind;

    #[test]
    fn slowest_and_latest_are_kept() {
        let mut list = List::default();
        let statement = |duration| {
            Arc::new(StatementView {
                kind: StatementKind::Database,
                service: String::new(),
                peer: String::new(),
                db_type: String::new(),
                statement: String::new(),
                duration,
                time: 0,
                slow: false,
                threshold: 200,
                trace_id: String::new(),
                segment_id: String::new(),
                span_id: 0,
            })
        };
        for number in 0..1_000 {
            list.add(number, statement(1_000 - number));
        }
        let mut durations: Vec<_> = list.all().map(|one| one.duration).collect();
        durations.sort_unstable();

        assert_eq!(durations, (1..=100).chain(901..=1_000).collect::<Vec<_>>());
        assert_eq!(list.bytes(), 200 * OVERHEAD);
    }
}
