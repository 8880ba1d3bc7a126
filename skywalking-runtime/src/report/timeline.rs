//! From stamps of the raw counter to the time of day.
//!
//! Anchors pair the counter with the clocks. Between two anchors the monotonic clock is interpolated; the time of day is the newest
//! anchor's, minus the monotonic distance to it. So durations are right across a step of the wall clock, and later stamps never get
//! earlier times. All arithmetic is on integers and on differences: a double of nanoseconds since 1970 has steps of 256 ns.

use crate::trace::clock::Anchor;

/// Anchors kept. Above it, the older half is thinned out: long spans need old anchors, but not many.
const LIMIT: usize = 512;

/// An anchor nearer than this to the one before takes the place of the newest: two reads of a clock close together say nothing of its rate.
const GAP: u64 = 50_000_000;

/// The history of the clocks.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    /// Never empty after the first [`add`](Timeline::add); counters and monotonic times ascend strictly.
    anchors: Vec<Anchor>,
}

impl Timeline {
    /// Takes a new anchor. If a clock went back, what was known before is worthless and forgotten.
    pub(crate) fn add(&mut self, anchor: Anchor) {
        if let Some(last) = self.anchors.last() {
            if anchor.counter < last.counter || anchor.monotonic < last.monotonic {
                self.anchors.clear();
            } else if anchor.counter == last.counter || anchor.monotonic == last.monotonic {
                // No distance, no rate; only what the wall clock says is news.
                if let Some(last) = self.anchors.last_mut() {
                    last.wall = anchor.wall;
                }
                return;
            }
        }
        if let [.., before, _] = self.anchors.as_slice()
            && anchor.monotonic - before.monotonic < GAP
        {
            self.anchors.pop();
        }
        self.anchors.push(anchor);
        if self.anchors.len() > LIMIT {
            let mut place = 0;
            self.anchors.retain(|_| {
                place += 1;
                // The first stays, and so does the whole newer half.
                place % 2 == 1 || place > LIMIT / 2
            });
        }
    }

    /// The time of a stamp in nanoseconds since 1970; 0 while there is no anchor.
    pub(crate) fn nanoseconds(&self, stamp: u64) -> u64 {
        let Some(last) = self.anchors.last() else { return 0 };
        let monotonic = self.monotonic(stamp);
        if monotonic <= last.monotonic {
            last.wall.saturating_sub(last.monotonic - monotonic)
        } else {
            last.wall.saturating_add(monotonic - last.monotonic)
        }
    }

    /// The time of a stamp in milliseconds since 1970.
    pub(crate) fn milliseconds(&self, stamp: u64) -> i64 {
        i64::try_from(self.nanoseconds(stamp) / 1_000_000).unwrap_or(i64::MAX)
    }

    fn monotonic(&self, stamp: u64) -> u64 {
        let after = self.anchors.partition_point(|anchor| anchor.counter <= stamp);
        let (Some(first), Some(last)) = (self.anchors.first(), self.anchors.last()) else { return 0 };
        match (after.checked_sub(1).and_then(|at| self.anchors.get(at)), self.anchors.get(after)) {
            (Some(from), Some(to)) => from.monotonic.saturating_add(scale(stamp - from.counter, from, to)),
            // Outside the history the rate of all of it counts: the newest two anchors may be close together.
            (Some(_), None) => last.monotonic.saturating_add(scale(stamp - last.counter, first, last)),
            _ => first.monotonic.saturating_sub(scale(first.counter.saturating_sub(stamp), first, last)),
        }
    }
}

/// Ticks to nanoseconds at the rate between two anchors; nothing if they are one and the same.
fn scale(ticks: u64, from: &Anchor, to: &Anchor) -> u64 {
    let counted = u128::from(to.counter - from.counter);
    if counted == 0 {
        return 0;
    }
    let elapsed = u128::from(to.monotonic - from.monotonic);
    u64::try_from(u128::from(ticks) * elapsed / counted).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn anchor(counter: u64, monotonic: u64, wall: u64) -> Anchor {
        Anchor { counter, monotonic, wall }
    }

    fn of(anchors: impl IntoIterator<Item = Anchor>) -> Timeline {
        let mut timeline = Timeline::default();
        anchors.into_iter().for_each(|anchor| timeline.add(anchor));
        timeline
    }

    const SECOND: u64 = 1_000_000_000;
    const EPOCH: u64 = 1_700_000_000 * SECOND;

    #[test]
    fn a_stamp_between_two_anchors_is_interpolated() {
        let timeline = of([anchor(1_000, 0, EPOCH), anchor(4_000, SECOND, EPOCH + SECOND)]);
        assert_eq!(timeline.nanoseconds(2_500), EPOCH + SECOND / 2);
        assert_eq!(timeline.milliseconds(2_500), 1_700_000_000_500);
    }

    #[test]
    fn stamps_outside_the_history_go_on_at_its_rate() {
        let timeline = of([anchor(1_000, SECOND, EPOCH), anchor(4_000, 2 * SECOND, EPOCH + SECOND)]);
        assert_eq!(timeline.nanoseconds(7_000), EPOCH + 2 * SECOND);
        assert_eq!(timeline.nanoseconds(0), EPOCH - SECOND / 3);
        assert_eq!(of([anchor(1_000, 5, EPOCH)]).nanoseconds(77), EPOCH);
        assert_eq!(Timeline::default().nanoseconds(77), 0);
    }

    #[test]
    fn a_duration_is_right_across_a_step_of_the_wall_clock() {
        let stepped = of([anchor(0, 0, EPOCH), anchor(SECOND, SECOND, EPOCH - 3_600 * SECOND)]);
        assert_eq!(stepped.nanoseconds(SECOND) - stepped.nanoseconds(SECOND / 4), SECOND * 3 / 4);
        assert_eq!(stepped.nanoseconds(SECOND), EPOCH - 3_600 * SECOND);
    }

    #[test]
    fn a_counter_that_went_back_begins_a_new_history() {
        let mut timeline = of([anchor(1_000_000, 0, EPOCH), anchor(2_000_000, SECOND, EPOCH + SECOND)]);
        timeline.add(anchor(10, 2 * SECOND, EPOCH + 2 * SECOND));
        assert_eq!(timeline.nanoseconds(2_000_000), EPOCH + 2 * SECOND);
        assert_eq!(timeline.anchors.len(), 1);
    }

    #[test]
    fn the_history_is_bounded_and_keeps_its_first_anchor() {
        let timeline = of((0..100_000).map(|n| anchor(n * 3 * GAP, n * GAP, EPOCH + n * GAP)));
        assert!(timeline.anchors.len() <= LIMIT + 1, "{}", timeline.anchors.len());
        assert_eq!(timeline.anchors[0].counter, 0);
        assert_eq!(timeline.nanoseconds(30 * GAP), EPOCH + 10 * GAP);
    }

    #[test]
    fn anchors_close_together_are_one() {
        let timeline = of((0..1_000).map(|n| anchor(n * 3, n, EPOCH + n)));
        assert_eq!(timeline.anchors.len(), 2);
    }

    proptest! {
        #[test]
        fn later_stamps_never_get_earlier_times(
            steps in prop::collection::vec((1_u64..=10 * SECOND, 1_u64..=4 * SECOND, any::<u32>()), 1..40),
            mut stamps in prop::collection::vec(any::<u64>(), 2..40),
        ) {
            let mut at = anchor(1_u64 << 40, 1 << 41, EPOCH);
            let mut timeline = of([at]);
            for (ticks, elapsed, step) in steps {
                at = anchor(at.counter + ticks, at.monotonic + elapsed, EPOCH + u64::from(step) * 1_000);
                timeline.add(at);
            }
            stamps.iter_mut().enumerate().for_each(|(n, stamp)| if n % 4 != 0 { *stamp %= at.counter * 2 });
            stamps.sort_unstable();
            let times: Vec<_> = stamps.iter().map(|stamp| timeline.nanoseconds(*stamp)).collect();
            prop_assert!(times.is_sorted(), "{times:?}");
        }

        #[test]
        fn a_steady_counter_errs_by_less_than_a_tick_an_anchor(
            rate in 1_u64..5, gaps in prop::collection::vec(GAP..=10 * SECOND, 2..40), place in 0.0_f64..1.0,
        ) {
            let mut elapsed = 0;
            let mut timeline = of([anchor(7, 0, EPOCH)]);
            for gap in gaps {
                elapsed += gap;
                timeline.add(anchor(7 + elapsed * rate, elapsed, EPOCH + elapsed));
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "any place will do")]
            let moment = (elapsed as f64 * place) as u64;
            prop_assert!(timeline.nanoseconds(7 + moment * rate).abs_diff(EPOCH + moment) <= 1);
        }
    }
}
