//! The critical path: the spans that the trace waited for.
//!
//! It walks back from the end of the root. At each moment it continues in the child that finished
//! last before that moment, or in the span itself while no child runs.
//!
//! - A child is cut at the end of its parent.
//! - A child of another thread that outlives its parent is not on the path, since the parent did
//!   not wait for it.
//! - Of several roots, the longest is taken.
//! - The continuations of a root that the agent split follow it.

use std::cmp::Reverse;

use super::{MAX_PIECES, TimedRow, between};

/// A part of the path: a row, and from when to when it is on the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) struct Piece {
    pub(in crate::query) row: usize,
    pub(in crate::query) from: i64,
    pub(in crate::query) to: i64,
}

/// Returns the critical path in the order of time. The pieces don't overlap, and they cover the
/// root unless there are more than [`MAX_PIECES`].
pub(in crate::query) fn critical_path(rows: &[TimedRow]) -> Vec<Piece> {
    let children = Children::new(rows);
    let mut continuations: Vec<Option<usize>> = vec![None; rows.len()];
    for (at, row) in rows.iter().enumerate() {
        if let Some(parent) = row.parent.filter(|_| row.is_continuation) {
            continuations[parent].get_or_insert(at);
        }
    }
    let parts = |root| std::iter::successors(Some(root), |at: &usize| continuations[*at]);
    let roots = (0..rows.len()).filter(|at| rows[*at].parent.is_none());
    let longest = roots.max_by_key(|root| {
        let duration: u64 = parts(*root).map(|at| rows[at].duration()).fold(0, u64::saturating_add);
        (duration, Reverse(*root))
    });
    let mut path = Vec::new();
    let mut end = i64::MIN;
    for part in longest.into_iter().flat_map(parts) {
        let row = &rows[part];
        let begin = path.len();
        children.walk_back(rows, part, row.start.max(end), &mut path);
        path[begin..].reverse();
        end = end.max(row.end);
    }
    keep_longest(&mut path);
    path
}

fn keep_longest(path: &mut Vec<Piece>) {
    if path.len() > MAX_PIECES {
        path.select_nth_unstable_by_key(MAX_PIECES, |piece| {
            (Reverse(between(piece.from, piece.to)), piece.from)
        });
        path.truncate(MAX_PIECES);
        path.sort_unstable_by_key(|piece| piece.from);
    }
}

/// The children of each row, the latest end first.
struct Children {
    sorted: Vec<usize>,
    /// Where the children of each row begin, and after the last row where they end.
    begins: Vec<usize>,
}

/// A span on the way from the root to the current one.
struct Visit {
    row: usize,
    /// The start, cut at the starts of its ancestors.
    from: i64,
    /// The end, cut at the ends of its ancestors.
    to: i64,
    /// The next child to look at, and the end of the children.
    next: usize,
    end: usize,
}

impl Children {
    fn new(rows: &[TimedRow]) -> Self {
        let mut begins = vec![0; rows.len() + 1];
        let awaited = |at: &usize| rows[*at].is_awaited && rows[*at].parent.is_some();
        let mut sorted: Vec<usize> = (0..rows.len()).filter(awaited).collect();
        for at in &sorted {
            if let Some(parent) = rows[*at].parent {
                begins[parent + 1] += 1;
            }
        }
        for row in 0..rows.len() {
            begins[row + 1] += begins[row];
        }
        sorted.sort_unstable_by_key(|at| (rows[*at].parent, Reverse(rows[*at].end), *at));
        Self { sorted, begins }
    }

    fn visit(&self, row: usize, from: i64, to: i64) -> Visit {
        Visit { row, from, to, next: self.begins[row], end: self.begins[row + 1] }
    }

    /// Appends the path of a span from `from` to its end, the last piece first. Iterative, since a
    /// trace may have as many levels as spans. Looks at each child once.
    fn walk_back(&self, rows: &[TimedRow], root: usize, from: i64, path: &mut Vec<Piece>) {
        let mut now = rows[root].end;
        let mut stack = vec![self.visit(root, from, now)];
        while let Some(visit) = stack.last_mut() {
            let child = self.sorted[visit.next..visit.end].iter().find_map(|at| {
                visit.next += 1;
                let (from, to) = (rows[*at].start.max(visit.from), rows[*at].end.min(visit.to));
                (from < to && to <= now).then_some((*at, from, to))
            });
            let until = child.map_or(visit.from, |(_, _, to)| to);
            if until < now {
                path.push(Piece { row: visit.row, from: until, to: now });
                now = until;
            }
            match child {
                Some((at, from, to)) => stack.push(self.visit(at, from, to)),
                None => drop(stack.pop()),
            }
        }
    }
}
