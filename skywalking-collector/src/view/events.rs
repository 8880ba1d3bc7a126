//! Reported events, one on a line.

use std::fmt::Write as _;

use super::columns::{duration, fit, pad};
use super::style::{Color, Style};
use super::times::clock;
use crate::api::{EventKind, EventView};

const TIME: usize = 13;
const DURATION: usize = 9;
const NAME: usize = 16;

/// Returns a line for each event: its time of day in UTC, how long it took, its service, name and
/// message. Ends with a newline, if there are events.
pub fn events(events: &[EventView], style: Style) -> String {
    let service = (style.width() * 16 / 100).min(32);
    let rest = style.width().saturating_sub(TIME + DURATION + service + NAME + 4);
    let mut text = String::new();
    for event in events {
        let took = event.start_time.zip(event.end_time);
        let took = took.map(|(start, end)| u64::try_from(end.saturating_sub(start)).unwrap_or(0));
        let name = pad(&event.name, NAME);
        let name = match event.kind {
            EventKind::Error => style.paint(Color::Red, &name),
            EventKind::Normal => name,
        };
        let line = format!(
            "{} {:>DURATION$} {} {name} {}",
            style.paint(Color::Dim, &clock(event.time())),
            took.map_or(String::new(), duration),
            style.paint(Color::Cyan, &pad(&event.service, service)),
            fit(&event.message, rest),
        );
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::columns::width;

    #[test]
    fn events_are_lines() {
        let start = EventView {
            service: "RTS_Test".into(),
            name: "Start".into(),
            message: "the agent has started".into(),
            start_time: Some(1_700_000_000_120),
            ..EventView::default()
        };
        let kind = EventKind::Error;
        let deploy = EventView { end_time: Some(1_700_000_001_120), kind, ..start.clone() };
        insta::assert_snapshot!(events(&[start, deploy], Style::plain()), @r"
        22:13:20.120Z           RTS_Test         Start            the agent has started
        22:13:20.120Z   1000 ms RTS_Test         Start            the agent has started
        ");
    }

    #[test]
    fn hostile_events_fit_without_controls() {
        let hostile = EventView {
            service: "\x1b[2J".repeat(100),
            name: "数\u{202e}".repeat(100),
            message: "\n".repeat(300),
            start_time: Some(i64::MIN),
            end_time: Some(i64::MAX),
            ..EventView::default()
        };
        for columns in [60, 100] {
            let style = Style::plain().with_width(columns);
            let text = events(std::slice::from_ref(&hostile), style);
            assert_eq!(text.lines().count(), 1);
            assert!(text.lines().all(|line| width(line) <= columns), "{text}");
            assert!(!text.contains(['\x1b', '\u{202e}']), "{text:?}");
        }
    }
}
