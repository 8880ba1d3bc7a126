//! The critical path of a trace: marks in the bars, and a line with the share of each service.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::super::columns::{duration, fit};
use super::super::style::{Color, Style};
use super::Scale;
use crate::api::TraceView;

/// The mark of a time that is on the path.
const MARK: char = '#';
/// The largest number of services that are listed. Further ones are summed.
const MAX_SERVICES: usize = 5;

/// The parts of the path by row, and the services with their time on the path. By default empty:
/// nothing is marked.
#[derive(Debug, Default)]
pub(super) struct Critical {
    rows: HashMap<usize, Vec<(u64, u64)>>,
    /// Those with the most time first.
    services: Vec<(String, u64)>,
}

impl Critical {
    pub(super) fn of(trace: &TraceView) -> Self {
        let tree = trace.tree();
        let mut rows: HashMap<usize, Vec<(u64, u64)>> = HashMap::new();
        let mut services: BTreeMap<&str, u64> = BTreeMap::new();
        for (row, from, to) in &trace.critical {
            rows.entry(*row).or_default().push((*from, *to));
            if let Some(span) = tree.get(*row).and_then(|node| trace.spans.get(node.span)) {
                let time = services.entry(&span.service).or_default();
                *time = time.saturating_add(to.saturating_sub(*from));
            }
        }
        let owned = services.into_iter().map(|(service, time)| (service.to_owned(), time));
        let mut services: Vec<_> = owned.collect();
        services.sort_by_key(|(_, time)| Reverse(*time));
        Self { rows, services }
    }

    /// Marks the parts of the path in the bar of a row.
    pub(super) fn mark(&self, row: usize, bar: String, scale: &Scale) -> String {
        let Some(parts) = self.rows.get(&row) else {
            return bar;
        };
        let parts: Vec<_> = parts.iter().map(|(from, to)| scale.columns(*from, *to)).collect();
        let is_marked = |at: usize| parts.iter().any(|(from, to)| (*from..*to).contains(&at));
        let marked = bar.chars().enumerate();
        marked.map(|(at, one)| if one == '=' && is_marked(at) { MARK } else { one }).collect()
    }

    /// Writes the line with the share of each service.
    pub(super) fn push(&self, text: &mut String, style: Style) {
        let total: u64 = self.services.iter().map(|(_, time)| *time).fold(0, u64::saturating_add);
        if total == 0 {
            return;
        }
        let share = |time: u64| u128::from(time) * 100 / u128::from(total);
        let of = |name: &str, time: u64| format!("{name} {} ({} %)", duration(time), share(time));
        let mut parts: Vec<_> = self
            .services
            .iter()
            .take(MAX_SERVICES)
            .map(|(service, time)| of(&fit(service, 32), *time))
            .collect();
        let others = self.services.iter().skip(MAX_SERVICES).map(|(_, time)| *time);
        if let others @ 1.. = others.fold(0, u64::saturating_add) {
            parts.push(of("others", others));
        }
        let line = format!("{MARK} critical path: {}", parts.join(", "));
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{}", style.paint(Color::Dim, &fit(&line, style.width())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_listed_and_names_escaped() {
        let services = (0..7).map(|at| (format!("\x1b[2J{at}"), 10 - at)).collect();
        let critical = Critical { rows: HashMap::new(), services };
        let mut text = String::new();
        critical.push(&mut text, Style::plain().with_width(200));

        assert_eq!(
            text,
            "# critical path: ␛[2J0 10 ms (20 %), ␛[2J1 9 ms (18 %), ␛[2J2 8 ms (16 %), \
             ␛[2J3 7 ms (14 %), ␛[2J4 6 ms (12 %), others 9 ms (18 %)\n"
        );
    }

    #[test]
    fn parts_are_marked_within_the_bar() {
        let rows = HashMap::from([(1, vec![(0, 2), (6, u64::MAX)])]);
        let critical = Critical { rows, services: Vec::new() };
        let scale = Scale { start: 0, length: 8, width: 8 };

        assert_eq!(critical.mark(1, " ====== ".to_owned(), &scale), " #====# ");
        assert_eq!(critical.mark(1, "========".to_owned(), &scale), "##====##");
        assert_eq!(critical.mark(0, "========".to_owned(), &scale), "========");

        let instant = Scale { start: 0, length: 0, width: 8 };
        assert_eq!(critical.mark(1, "========".to_owned(), &instant), "########");
    }
}
