//! When the segments of a trace ran, as a bounded list of bars.

use std::cmp::Reverse;

/// The largest number of bars of a trace.
pub(crate) const MAX_BARS: usize = 24;

/// A bar: a segment, or neighbours that were merged. Times are in epoch milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeBar {
    /// The position of its service in the trace's facts.
    pub(crate) service: u16,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) is_error: bool,
}

impl TimeBar {
    fn length(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// Returns both as one bar. The service is that of the longer one.
    fn merged(self, next: Self) -> Self {
        let service = if next.length() > self.length() { next.service } else { self.service };
        Self {
            service,
            start: self.start.min(next.start),
            end: self.end.max(next.end),
            is_error: self.is_error || next.is_error,
        }
    }
}

/// Adds a bar in the order of starts. Above [`MAX_BARS`], the two closest neighbours are merged,
/// those of one service first.
pub(super) fn add(bars: &mut Vec<TimeBar>, bar: TimeBar) {
    let at = bars.partition_point(|other| {
        (other.start, Reverse(other.end)) <= (bar.start, Reverse(bar.end))
    });
    bars.insert(at, bar);
    if bars.len() <= MAX_BARS {
        return;
    }
    let closest = bars
        .windows(2)
        .enumerate()
        .filter_map(|(at, pair)| match pair {
            [first, second] => {
                let gap = second.start.saturating_sub(first.end).max(0);
                Some(((first.service != second.service, gap), at))
            }
            _ => None,
        })
        .min();
    if let Some((_, at)) = closest {
        let next = bars.remove(at + 1);
        if let Some(first) = bars.get_mut(at) {
            *first = first.merged(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(service: u16, start: i64, end: i64) -> TimeBar {
        TimeBar { service, start, end, is_error: false }
    }

    #[test]
    fn bars_are_in_the_order_of_starts() {
        let mut bars = Vec::new();
        for one in [bar(0, 5, 9), bar(1, 0, 20), bar(2, 5, 12), bar(0, 5, 9)] {
            add(&mut bars, one);
        }
        assert_eq!(bars, [bar(1, 0, 20), bar(2, 5, 12), bar(0, 5, 9), bar(0, 5, 9)]);
    }

    #[test]
    fn closest_neighbours_of_one_service_are_merged() {
        let mut bars = Vec::new();
        for at in 0..24_i64 {
            add(&mut bars, bar(u16::try_from(at % 2).expect("small"), at * 10, at * 10 + 5));
        }
        add(&mut bars, TimeBar { is_error: true, ..bar(1, 236, 239) });

        assert_eq!(bars.len(), MAX_BARS);
        assert_eq!(bars[23], TimeBar { is_error: true, ..bar(1, 230, 239) });

        add(&mut bars, bar(7, 300, 400));

        assert_eq!(bars.len(), MAX_BARS);
        assert_eq!(bars[23], bar(7, 300, 400));
    }

    #[test]
    fn extreme_times_do_not_overflow() {
        let mut bars = Vec::new();
        for start in [i64::MIN, 0, i64::MAX] {
            for end in [i64::MAX, i64::MIN, 0] {
                for service in 0..5 {
                    add(&mut bars, bar(service, start, end));
                }
            }
        }
        assert_eq!(bars.len(), MAX_BARS);
    }
}
