//! The services as a table, with the requests that they received.

use std::fmt::Write as _;

use super::columns::{count, duration, pad};
use super::style::{Color, Style};
use crate::api::{CallStats, EndpointView, ServiceView};

/// The width from which all columns are shown.
const WIDE: usize = 90;
/// Columns of a number or a duration.
const NUMBER: usize = 9;

/// Returns the services as a table. Ends with a newline.
pub fn services(services: &[ServiceView], style: Style) -> String {
    let rows = services
        .iter()
        .map(|service| (service.name.as_str(), Some(service.instances), &service.stats));
    let mut text = table("service", rows, style);
    for service in services.iter().filter(|service| service.violations > 0) {
        let violations =
            count(usize::try_from(service.violations).unwrap_or(usize::MAX), "violation");
        let line = format!("! {} of the protocol by {}", violations, service.name);
        let line = style.paint(Color::Red, &super::columns::fit(&line, style.width()));
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Returns the endpoints of a service as a table. Ends with a newline.
pub fn endpoints(endpoints: &[EndpointView], style: Style) -> String {
    let rows = endpoints.iter().map(|one| (one.endpoint.as_str(), None, &one.stats));
    table("endpoint", rows, style)
}

/// Returns a table of names, each with its number of instances, if it has that, and its requests.
fn table<'a>(
    what: &str,
    rows: impl Iterator<Item = (&'a str, Option<usize>, &'a CallStats)>,
    style: Style,
) -> String {
    let (wide, has_instances) = (style.width() >= WIDE, what == "service");
    let numbers = if wide { 6 + usize::from(has_instances) } else { 4 };
    let width = style.width().saturating_sub(numbers * (NUMBER + 1));
    let mut text = String::new();
    let mut push = |first: &str, cells: [String; 7], color: Option<Color>| {
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            // Instances, p50 and p99 are left out of a narrow table.
            if (at > 0 || has_instances) && (wide || !matches!(at, 0 | 4 | 6)) {
                let _ = write!(line, " {cell:>NUMBER$}");
            }
        }
        let line = color.map_or_else(|| line.clone(), |color| style.paint(color, &line));
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{first}{line}");
    };
    let heads = ["instances", "calls", "per min", "errors", "p50", "p95", "p99"];
    push(&style.paint(Color::Dim, &pad(what, width)), heads.map(str::to_owned), Some(Color::Dim));
    for (name, instances, stats) in rows {
        let time = |ms: Option<u64>| ms.map_or_else(|| "-".to_owned(), duration);
        let cells = [
            instances.map(|number| number.to_string()).unwrap_or_default(),
            stats.calls.to_string(),
            format!("{:.1}", stats.per_minute),
            stats.errors.to_string(),
            time(stats.p50),
            time(stats.p95),
            time(stats.p99),
        ];
        push(&style.paint(Color::Cyan, &pad(name, width)), cells, None);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::NodeKind;
    use crate::view::columns::width;

    fn service(name: &str, calls: u64, violations: u64) -> ServiceView {
        ServiceView {
            name: name.into(),
            layer: None,
            instances: 2,
            last_seen: 1,
            kind: NodeKind::Service,
            stats: CallStats {
                calls,
                errors: calls / 10,
                per_minute: 12.34,
                p50: (calls > 0).then_some(8),
                p95: (calls > 0).then_some(312),
                p99: (calls > 0).then_some(12_400),
            },
            violations,
            listed: true,
            color: 0,
            sparkline: vec![],
        }
    }

    #[test]
    fn services_are_a_table() {
        let text = services(&[service("RTS_Test", 120, 0), service("quiet", 0, 3)], Style::plain());
        insta::assert_snapshot!(text, @r"
        service                        instances     calls   per min    errors       p50       p95       p99
        RTS_Test                               2       120      12.3        12      8 ms    312 ms    12.4 s
        quiet                                  2         0      12.3         0         -         -         -
        ! 3 violations of the protocol by quiet
        ");
    }

    #[test]
    fn rows_fit_into_any_width() {
        let hostile = service(&"\x1b[2J服务".repeat(100), u64::MAX / 1_000_000_000_000, 1);
        for columns in [60, 89, 90, 100, 200] {
            let text = services(std::slice::from_ref(&hostile), Style::plain().with_width(columns));
            for line in text.lines() {
                assert!(width(line) <= columns && !line.chars().any(char::is_control), "{line}");
            }
        }
        assert_eq!(services(&[], Style::plain()).lines().count(), 1);
    }
}
