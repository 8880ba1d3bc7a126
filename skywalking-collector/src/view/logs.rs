//! Reported logs, one on a line.

use std::fmt::Write as _;

use super::columns::{escape, fit, pad, wrap};
use super::style::{Color, Style};
use super::times::clock;
use crate::api::LogRecord;

/// Columns of the time, such as `14:03:09.120Z`.
const TIME: usize = 13;
const LEVEL: usize = 5;

/// Returns a line for each log: its time of day in UTC, level, service, and the first line of the
/// body. Ends with a newline, if there are logs.
pub fn logs(logs: &[LogRecord], style: Style) -> String {
    logs.iter().map(|log| head(log, style)).collect()
}

/// Like [`logs`], with the rest of the body, the span and the tags of each log.
pub fn logs_with_details(logs: &[LogRecord], style: Style) -> String {
    logs.iter().map(|log| head(log, style) + &details(log, style)).collect()
}

fn head(log: &LogRecord, style: Style) -> String {
    let service = service_columns(style);
    let rest = style.width().saturating_sub(TIME + LEVEL + service + 3);
    let level = pad(&log.level, LEVEL);
    let level = match log.level.to_ascii_uppercase().as_str() {
        "ERROR" | "FATAL" => style.paint(Color::Red, &level),
        "WARN" | "WARNING" => style.paint(Color::Bold, &level),
        _ => level,
    };
    let line = format!(
        "{} {level} {} {}",
        style.paint(Color::Dim, &pad(&clock(log.time), TIME)),
        style.paint(Color::Cyan, &pad(&log.service, service)),
        fit(log.body.lines().next().unwrap_or_default(), rest)
    );
    format!("{}\n", line.trim_end())
}

fn service_columns(style: Style) -> usize {
    (style.width() * 16 / 100).min(32)
}

fn details(log: &LogRecord, style: Style) -> String {
    let indent = " ".repeat(TIME + LEVEL + 2);
    let width = style.width().saturating_sub(indent.len());
    let mut text = String::new();
    let mut line = |line: &str| {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{indent}{}", style.paint(Color::Dim, line));
    };
    for more in log.body.lines().skip(1).take(40) {
        line(&fit(more, width));
    }
    if !log.trace_id.is_empty() {
        let span = log.span_id.map_or(String::new(), |span| {
            format!(", span {span} of segment {}", escape(&log.segment_id))
        });
        wrap(&format!("trace {}{span}", log.trace_id), width).for_each(|part| line(&part));
    }
    if !log.endpoint.is_empty() {
        line(&fit(&format!("endpoint {}", log.endpoint), width));
    }
    for tag in &log.tags {
        wrap(&format!("{}={}", tag.key, tag.value), width).for_each(|part| line(&part));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::KeyValue;
    use crate::view::columns::width;

    fn log(level: &str, body: &str) -> LogRecord {
        LogRecord {
            time: 1_700_000_000_120,
            service: "RTS_Test".into(),
            level: level.into(),
            body: body.into(),
            trace_id: "a1.2".into(),
            segment_id: "s.1".into(),
            span_id: Some(3),
            tags: vec![KeyValue { key: "logger".into(), value: "shop::orders".into() }],
            ..LogRecord::default()
        }
    }

    #[test]
    fn logs_are_lines() {
        let list = [log("ERROR", "refused\nat once"), log("", "ready")];
        insta::assert_snapshot!(logs(&list, Style::plain()), @r"
        22:13:20.120Z ERROR RTS_Test         refused
        22:13:20.120Z       RTS_Test         ready
        ");
        insta::assert_snapshot!(logs_with_details(&list[..1], Style::plain()), @r"
        22:13:20.120Z ERROR RTS_Test         refused
                            at once
                            trace a1.2, span 3 of segment s.1
                            logger=shop::orders
        ");
        assert_eq!(logs(&[], Style::plain()), "");
    }

    #[test]
    fn hostile_logs_fit_without_controls() {
        let mut hostile = log("\x1b[2J", &"\x1b[2J数\u{202e}\r".repeat(1_000));
        hostile.time = i64::MIN;
        hostile.trace_id = "\u{200b}x".repeat(400);
        for columns in [60, 100] {
            let style = Style::plain().with_width(columns);
            let text = logs_with_details(std::slice::from_ref(&hostile), style);
            assert!(text.lines().all(|line| width(line) <= columns), "{text}");
            assert!(!text.contains(['\x1b', '\u{202e}', '\u{200b}', '\r']), "{text:?}");
        }
    }
}
