//! A trace in a list: what it is on the first line, its id on the second, and why it failed on the
//! third.

use std::fmt::Write as _;

use super::columns::{count, duration, escape, pad, wrap};
use super::style::{Color, Style};
use crate::api::TraceSummary;

/// Columns of the age, such as `59 min ago`.
const AGE: usize = 10;
const DURATION: usize = 9;
/// Columns of the number of spans, such as `9999 spans`.
const SPANS: usize = 10;

/// Returns a trace of a list as text. `now` is in epoch milliseconds. Ends with a newline.
pub fn summary(trace: &TraceSummary, now: i64, style: Style) -> String {
    let service = (style.width() * 16 / 100).min(32);
    let rest = AGE + DURATION + SPANS + service + 4 + 6;
    let name = style.width().saturating_sub(rest);
    let error = if trace.is_error {
        format!(" {}", style.paint(Color::Red, "ERROR"))
    } else {
        String::new()
    };
    let line = format!(
        "{:>AGE$} {:>DURATION$} {:>SPANS$} {} {}{error}",
        age(now.saturating_sub(trace.start_time)),
        duration(trace.duration),
        count(trace.spans, "span"),
        style.paint(Color::Cyan, &pad(&trace.service, service)),
        pad(&trace.root_name, name),
    );
    let mut text = format!("{}\n", line.trim_end());
    let indent = " ".repeat(AGE + 1);
    let mut facts = vec![escape(&trace.trace_id)];
    if trace.service_count > 1 {
        facts.push(count(trace.service_count, "service"));
    }
    if trace.violations > 0 {
        facts.push(count(trace.violations, "violation"));
    }
    // Writing to a `String` can't fail.
    let _ = writeln!(text, "{indent}{}", style.paint(Color::Dim, &facts.join(", ")));
    for line in trace.reason.iter().flat_map(|reason| wrap(reason, style.width() - AGE - 1)) {
        let _ = writeln!(text, "{indent}{}", style.paint(Color::Red, &line));
    }
    text
}

/// Formats the time since a start.
fn age(ms: i64) -> String {
    const SECOND: i64 = 1_000;
    const MINUTE: i64 = 60 * SECOND;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match ms {
        ..SECOND => "now".to_owned(),
        SECOND..MINUTE => format!("{} s ago", ms / SECOND),
        MINUTE..HOUR => format!("{} min ago", ms / MINUTE),
        HOUR..DAY => format!("{} h ago", ms / HOUR),
        _ if ms / DAY < 1_000 => format!("{} d ago", ms / DAY),
        _ => "long ago".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(name: &str, reason: Option<&str>) -> TraceSummary {
        TraceSummary {
            trace_id: "a1b2.3.4".into(),
            root_name: name.into(),
            service: "RTS_Test".into(),
            services: vec![],
            colors: vec![],
            service_count: 2,
            start_time: 1_000,
            duration: 312,
            spans: 4,
            segments: 2,
            is_error: reason.is_some(),
            reason: reason.map(str::to_owned),
            violations: 0,
            bars: vec![],
            last_arrival: 2,
        }
    }

    #[test]
    fn failed_trace_has_its_id_and_reason() {
        let text = summary(&trace("/API/Snapshot", Some("refused")), 13_500, Style::plain());
        insta::assert_snapshot!(text, @r"
          12 s ago    312 ms    4 spans RTS_Test         /API/Snapshot                                 ERROR
                   a1b2.3.4, 2 services
                   refused
        ");
    }

    #[test]
    fn hostile_texts_fit_without_controls() {
        let mut hostile = trace(&"\x1b[2J数".repeat(1_000), Some(&"\u{202e}long ".repeat(1_000)));
        hostile.trace_id = "\x1b[2J\u{200b}".into();
        let text = summary(&hostile, i64::MIN, Style::plain());

        assert!(text.lines().all(|line| super::super::columns::width(line) <= 100), "{text}");
        assert!(!text.contains(['\x1b', '\u{202e}', '\u{200b}']), "{text:?}");
    }

    #[test]
    fn age_takes_at_most_ten_columns() {
        let ages = [-5, 999, 59_999, 3_599_999, 86_399_999, 86_400_000 * 999, i64::MAX].map(age);
        assert_eq!(
            ages,
            ["now", "now", "59 s ago", "59 min ago", "23 h ago", "999 d ago", "long ago"]
        );
    }
}
