//! Statements of databases and commands of caches, one on a line.

use std::fmt::Write as _;

use super::columns::{duration, fit, pad};
use super::style::{Color, Style};
use crate::api::StatementView;

/// Columns of a duration.
const DURATION: usize = 9;
/// Columns of a peer.
const PEER: usize = 24;

/// Returns one line for each statement: how long it took, whether the OAP records it as slow, what
/// it was sent to, and its text. Ends with a newline, if there are statements.
pub fn statements(statements: &[StatementView], style: Style) -> String {
    let mut text = String::new();
    for statement in statements {
        let took = format!("{:>DURATION$}", duration(statement.duration));
        let took = if statement.slow { style.paint(Color::Red, &took) } else { took };
        let mark = if statement.slow { "slow" } else { "    " };
        let rest = style.width().saturating_sub(DURATION + mark.len() + PEER + 3);
        // Writing to a `String` can't fail.
        let _ = writeln!(
            text,
            "{took} {mark} {} {}",
            style.paint(Color::Dim, &pad(&statement.peer, PEER)),
            fit(&statement.statement, rest)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::StatementKind;
    use crate::view::columns::width;

    fn statement(text: &str, duration: u64, slow: bool) -> StatementView {
        StatementView {
            kind: StatementKind::Database,
            service: "Service_Test".into(),
            peer: "orders-db:5432".into(),
            db_type: "postgresql".into(),
            statement: text.into(),
            duration,
            time: 1,
            slow,
            threshold: 200,
            trace_id: "t".into(),
            segment_id: "s".into(),
            span_id: 0,
        }
    }

    #[test]
    fn statements_are_lines() {
        let list = [
            statement("SELECT id FROM orders WHERE id = ?", 1_250, true),
            statement("SELECT 1", 2, false),
        ];
        insta::assert_snapshot!(statements(&list, Style::plain()), @r"
        1250 ms slow orders-db:5432           SELECT id FROM orders WHERE id = ?
           2 ms      orders-db:5432           SELECT 1
        ");
        assert_eq!(statements(&[], Style::plain()), "");
    }

    #[test]
    fn lines_fit_into_any_width() {
        let hostile = statement(&"\x1b[2J快照\n".repeat(300), u64::MAX / 1_000_000_000, true);
        for columns in [60, 100, 200] {
            let style = Style::plain().with_width(columns);
            let text = statements(std::slice::from_ref(&hostile), style);
            assert_eq!(text.lines().count(), 1);
            assert!(text.lines().all(|line| width(line) <= columns), "{text}");
        }
    }
}
