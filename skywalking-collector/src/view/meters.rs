//! Reported meters, one series on a line.

use std::fmt::Write as _;

use super::columns::{fit, pad};
use super::style::{Color, Style};
use crate::api::{MeterKind, MeterView};

/// Columns of a number, such as `-1234567.8`.
const NUMBER: usize = 12;

/// Returns the meters of each instance: the last value of each series, and its smallest and largest
/// value. Of a histogram, the number of observations, and the largest lower bound with one. Ends
/// with a newline, if there are series.
pub fn meters(meters: &[MeterView], style: Style) -> String {
    let mut text = String::new();
    let mut instance = None;
    for meter in meters {
        let own = (&meter.service, &meter.service_instance);
        if instance != Some(own) {
            let blank = if instance.is_some() { "\n" } else { "" };
            let title = fit(&format!("{} {}", own.0, own.1), style.width());
            // Writing to a `String` can't fail.
            let _ = writeln!(text, "{blank}{}", style.paint(Color::Bold, &title));
            instance = Some(own);
        }
        let facts = facts(meter);
        let columns = facts.len() * (NUMBER + 1);
        let name = pad(&name(meter), style.width().saturating_sub(columns));
        text.push_str(&name);
        for fact in &facts {
            let _ = write!(text, " {fact:>NUMBER$}");
        }
        text.push('\n');
    }
    text
}

fn name(meter: &MeterView) -> String {
    let labels: Vec<_> =
        meter.labels.iter().map(|label| format!("{}={}", label.key, label.value)).collect();
    if labels.is_empty() {
        meter.name.clone()
    } else {
        format!("{} {}", meter.name, labels.join(" "))
    }
}

/// Returns three facts of a series: last, smallest and largest value.
fn facts(meter: &MeterView) -> [String; 3] {
    if meter.kind == MeterKind::Histogram {
        let counts = meter.counts.last().map(Vec::as_slice).unwrap_or_default();
        let total: i64 = counts.iter().copied().fold(0, i64::saturating_add);
        let highest = counts.iter().rposition(|count| *count > 0);
        let bound = highest.and_then(|at| meter.bounds.get(at).copied().flatten());
        let above = bound.map_or(String::new(), |bound| format!("max > {}", number(bound)));
        return [format!("n {total}"), String::new(), above];
    }
    let last = meter.values.last().copied().map_or(String::new(), number);
    let least = meter.values.iter().copied().reduce(f64::min);
    let most = meter.values.iter().copied().reduce(f64::max);
    let shown = |name: &str, value: Option<f64>| {
        value.map_or(String::new(), |value| format!("{name} {}", number(value)))
    };
    [last, shown("min", least), shown("max", most)]
}

/// Formats a value in at most eight columns.
fn number(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if size == 0.0 => "0".to_owned(),
        1e-3..1e6 if value.fract() == 0.0 => format!("{value:.0}"),
        1e-3..1e3 => format!("{value:.3}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        1e3..1e6 => format!("{value:.1}"),
        _ => format!("{value:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::KeyValue;
    use crate::view::columns::width;

    fn meter(name: &str, values: &[f64]) -> MeterView {
        MeterView {
            service: "RTS_Test".into(),
            service_instance: "RTS_Test_1".into(),
            name: name.into(),
            times: (0_i64..).take(values.len()).collect(),
            values: values.to_vec(),
            ..MeterView::default()
        }
    }

    #[test]
    fn series_are_lines() {
        let labels = vec![KeyValue { key: "queue".into(), value: "mails".into() }];
        let histogram = MeterView {
            kind: MeterKind::Histogram,
            bounds: vec![None, Some(5.0), Some(10.0)],
            counts: vec![vec![1, 2, 0]],
            ..meter("took", &[])
        };
        let list = [
            meter("cpu_ratio", &[0.5, 0.25, 0.125]),
            MeterView { labels, ..meter("jobs_total", &[10.0, 12.0]) },
            histogram,
        ];
        insta::assert_snapshot!(meters(&list, Style::plain().with_width(80)), @r"
        RTS_Test RTS_Test_1
        cpu_ratio                                        0.125    min 0.125      max 0.5
        jobs_total queue=mails                              12       min 10       max 12
        took                                               n 3                   max > 5
        ");
        assert_eq!(meters(&[], Style::plain()), "");
    }

    #[test]
    fn lines_fit_into_any_width() {
        let mut hostile = meter(&"\x1b数".repeat(300), &[f64::MAX, f64::MIN, 1e-300]);
        hostile.service_instance = "\u{202e}".repeat(300);
        for columns in [60, 100, 200] {
            let text = meters(&[hostile.clone()], Style::plain().with_width(columns));
            assert_eq!(text.lines().count(), 2);
            assert!(text.lines().all(|line| width(line) <= columns), "{text}");
        }
    }
}
