//! Self times and critical paths of trees that are written by hand, and of any trees.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::critical_path::Piece;
use super::*;

fn row(parent: Option<usize>, start: i64, end: i64) -> TimedRow {
    TimedRow { parent, start, end, is_awaited: true, is_continuation: false }
}

/// Formats the path: `row:from-to`.
fn path(rows: &[TimedRow]) -> String {
    critical_path(rows).iter().fold(String::new(), |mut text, piece| {
        let space = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{space}{}:{}-{}", piece.row, piece.from, piece.to);
        text
    })
}

#[test]
fn self_time_excludes_overlapping_children_once() {
    let rows = [
        row(None, 0, 100),
        row(Some(0), 10, 50),
        row(Some(1), 20, 30),
        row(Some(0), 40, 60),   // overlaps its sibling
        row(Some(0), 45, 55),   // within its sibling
        row(Some(0), 90, 150),  // outlives the parent
        row(Some(0), 200, 300), // starts after the parent
    ];
    assert_eq!(self_times(&rows), [40, 30, 10, 20, 10, 60, 100]);
}

#[test]
fn self_time_ignores_children_before_the_parent() {
    let rows =
        [row(None, 50, 100), row(Some(0), 10, 40), row(Some(0), 30, 60), row(Some(0), 70, 70)];
    assert_eq!(self_times(&rows), [40, 30, 30, 0]);
}

#[test]
fn critical_path_follows_sequential_children() {
    let rows =
        [row(None, 0, 100), row(Some(0), 10, 40), row(Some(1), 15, 35), row(Some(0), 50, 90)];
    assert_eq!(path(&rows), "0:0-10 1:10-15 2:15-35 1:35-40 0:40-50 3:50-90 0:90-100");
}

#[test]
fn critical_path_takes_the_last_finished_of_parallel_children() {
    let rows = [
        row(None, 0, 100),
        row(Some(0), 10, 60),
        row(Some(0), 10, 80), // finishes last
        row(Some(0), 20, 70), // runs while it does
        row(Some(0), 2, 9),   // finishes before it
    ];
    assert_eq!(path(&rows), "0:0-2 4:2-9 0:9-10 2:10-80 0:80-100");
}

#[test]
fn critical_path_cuts_children_at_the_end_of_the_parent() {
    let rows = [
        row(None, 0, 100),
        row(Some(0), 40, 500),  // the clock of another host
        row(Some(1), 450, 490), // after the end of the root
        row(Some(1), 50, 490),
    ];
    assert_eq!(path(&rows), "0:0-40 1:40-50 3:50-100");
}

#[test]
fn critical_path_leaves_out_threads_that_outlive_the_parent() {
    let background = TimedRow { is_awaited: false, ..row(Some(0), 1, 500) };
    let rows = [row(None, 0, 100), background, row(Some(1), 2, 400), row(Some(0), 10, 90)];
    assert_eq!(path(&rows), "0:0-10 3:10-90 0:90-100");
}

#[test]
fn critical_path_takes_the_longest_root() {
    let rows = [row(None, 0, 10), row(None, 5, 50), row(Some(1), 7, 9), row(None, 60, 70)];
    assert_eq!(path(&rows), "1:5-7 2:7-9 1:9-50");
    assert_eq!(path(&[row(None, 3, 3)]), "");
    assert_eq!(path(&[]), "");
}

#[test]
fn critical_path_continues_in_split_parts() {
    let part = |parent, start, end| TimedRow {
        is_awaited: false,
        is_continuation: true,
        ..row(Some(parent), start, end)
    };
    let rows = [
        row(None, 0, 100),
        row(Some(0), 10, 20),
        part(0, 99, 150),
        part(2, 160, 170),
        row(None, 0, 155),
    ];
    assert_eq!(path(&rows), "0:0-10 1:10-20 0:20-100 2:100-150 3:160-170");
}

#[test]
fn critical_path_keeps_the_longest_pieces() {
    let mut rows = vec![row(None, 0, 1_000_000)];
    // Gaps of 1 ms and children of 9 ms.
    rows.extend((0..100_000).map(|at| row(Some(0), at * 10 + 1, at * 10 + 10)));
    let path = critical_path(&rows);

    assert_eq!(path.len(), MAX_PIECES);
    assert!(path.iter().all(|piece| piece.to - piece.from == 9));
    assert!(path.windows(2).all(|pair| pair[0].to <= pair[1].from));
}

#[test]
fn timing_handles_deep_trees_and_extreme_times() {
    let mut rows = vec![row(None, i64::MIN, i64::MAX)];
    rows.extend(
        (0..100_000).map(|at| row(Some(usize::try_from(at).expect("positive")), at, i64::MAX - at)),
    );

    assert_eq!(critical_path(&rows).len(), MAX_PIECES);
    assert_eq!(self_times(&rows).len(), rows.len());
}

/// Returns the path by its definition: for each millisecond before `to`, back to `from`.
fn defined_path(rows: &[TimedRow], row: usize, from: i64, to: i64, path: &mut Vec<(usize, i64)>) {
    let mut now = to;
    while now > from {
        let cut = |child: &TimedRow| (child.start.max(from), child.end.min(to));
        let last = (0..rows.len())
            .filter(|at| rows[*at].parent == Some(row) && rows[*at].is_awaited)
            .filter(|at| cut(&rows[*at]).0 < cut(&rows[*at]).1 && cut(&rows[*at]).1 <= now)
            .max_by_key(|at| (rows[*at].end.min(to), rows[*at].end, std::cmp::Reverse(*at)));
        match last {
            Some(at) if cut(&rows[at]).1 == now => {
                let (start, end) = cut(&rows[at]);
                defined_path(rows, at, start, end, path);
                now = start;
            }
            _ => {
                now -= 1;
                path.push((row, now));
            }
        }
    }
}

/// Any tree of few spans, whose times need not fit together. Siblings are sorted by start.
fn any_rows() -> impl Strategy<Value = Vec<TimedRow>> {
    let span = (any::<prop::sample::Index>(), 0i64..40, -3i64..40, 0u8..10);
    proptest::collection::vec(span, 1..25).prop_map(|mut spans| {
        spans.sort_by_key(|(_, start, ..)| *start);
        let mut rows: Vec<TimedRow> = Vec::new();
        for (parent, start, length, kind) in spans {
            let parent =
                if rows.is_empty() || kind == 0 { None } else { Some(parent.index(rows.len())) };
            let is_awaited = kind > 1;
            rows.push(TimedRow { is_awaited, ..row(parent, start, start + length.max(0)) });
        }
        rows
    })
}

proptest! {
    #[test]
    fn self_time_counts_milliseconds_without_children(rows in any_rows()) {
        let runs = |row: &TimedRow, at: i64| row.start <= at && at < row.end;
        for (at, time) in self_times(&rows).into_iter().enumerate() {
            let alone = (rows[at].start..rows[at].end)
                .filter(|now| !rows.iter().any(|row| row.parent == Some(at) && runs(row, *now)));
            prop_assert_eq!(time, alone.count() as u64);
            prop_assert!(time <= rows[at].duration());
        }
    }

    #[test]
    fn critical_path_covers_the_longest_root_once(rows in any_rows()) {
        let path = critical_path(&rows);
        let roots = rows.iter().filter(|row| row.parent.is_none());
        let longest = roots.map(TimedRow::duration).max().unwrap_or(0);

        prop_assert!(path.windows(2).all(|pair| pair[0].to == pair[1].from));
        prop_assert!(path.iter().all(|piece| piece.from < piece.to));
        prop_assert_eq!(path.iter().map(|piece| between(piece.from, piece.to)).sum::<u64>(), longest);
        for Piece { row, from, to } in path {
            prop_assert!(rows[row].start <= from && to <= rows[row].end);
        }
    }

    #[test]
    fn critical_path_equals_its_definition(rows in any_rows()) {
        let roots = (0..rows.len()).filter(|at| rows[*at].parent.is_none());
        let root = roots.max_by_key(|at| (rows[*at].duration(), std::cmp::Reverse(*at))).expect("a root");
        let mut expected = Vec::new();
        defined_path(&rows, root, rows[root].start, rows[root].end, &mut expected);
        expected.reverse();
        let found: Vec<_> = critical_path(&rows)
            .iter()
            .flat_map(|piece| (piece.from..piece.to).map(|now| (piece.row, now)))
            .collect();

        prop_assert_eq!(found, expected);
    }
}
