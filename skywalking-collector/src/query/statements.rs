//! The slowest statements.

use std::cmp::Reverse;
use std::sync::Arc;

use super::first::First;
use crate::api::{StatementKind, StatementView, TimeRange};
use crate::budget::Memory;
use crate::store::{Statements, statement_memory};

/// Selects at most `limit` statements of a service and a kind, or of all, the slowest first.
pub(crate) fn statements<M: Memory>(
    statements: &Statements,
    service: Option<&str>,
    kind: Option<StatementKind>,
    range: TimeRange,
    limit: usize,
    memory: &mut M,
) -> Result<Vec<Arc<StatementView>>, M::Error> {
    let key = |one: &StatementView| Reverse((one.duration, one.time));
    let mut slowest = First::new(limit, |a: &&Arc<StatementView>, b| key(a).cmp(&key(b)));
    let in_range = statements.select(service, kind).filter(|one| range.contains(one.time));
    in_range.for_each(|one| slowest.push(one));
    let slowest = slowest.into_sorted();
    // They are shared with the store, and may be evicted from it meanwhile. Then they are copied.
    memory.take(slowest.iter().map(|one| 2 * statement_memory(one)).sum())?;
    Ok(slowest.into_iter().cloned().collect())
}
