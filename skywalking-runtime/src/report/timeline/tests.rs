//! Tests the times of stamps on simulated clocks.

use super::*;
use proptest::prelude::*;

fn anchor(counter: u64, monotonic: u64, wall: u64) -> Anchor {
    Anchor { counter, monotonic, wall }
}

impl Timeline {
    /// Returns the time of a stamp in its own segment.
    fn nanoseconds(&self, stamp: u64) -> u64 {
        self.clock(stamp).nanoseconds(stamp)
    }

    /// Returns all anchors of the current counter.
    fn anchors(&self) -> &[Anchor] {
        &self.counters.last().unwrap().anchors
    }
}

fn of(anchors: impl IntoIterator<Item = Anchor>) -> Timeline {
    let mut timeline = Timeline::default();
    anchors.into_iter().for_each(|anchor| timeline.add(anchor));
    timeline
}

const SECOND: u64 = 1_000_000_000;
const EPOCH: u64 = 1_700_000_000 * SECOND;

#[test]
fn stamp_between_two_anchors_is_interpolated() {
    let timeline = of([anchor(1_000, 0, EPOCH), anchor(4_000, SECOND, EPOCH + SECOND)]);
    assert_eq!(timeline.nanoseconds(2_500), EPOCH + SECOND / 2);
    assert_eq!(timeline.clock(2_500).milliseconds(2_500), 1_700_000_000_500);
}

#[test]
fn stamp_outside_the_history_uses_the_nearest_rate() {
    let timeline = of([anchor(1_000, SECOND, EPOCH), anchor(4_000, 2 * SECOND, EPOCH + SECOND)]);
    assert_eq!(timeline.nanoseconds(7_000), EPOCH + 2 * SECOND);
    assert_eq!(timeline.nanoseconds(0), EPOCH - SECOND / 3);
    assert_eq!(of([anchor(1_000, 5, EPOCH)]).nanoseconds(77), EPOCH);
    assert_eq!(Timeline::default().nanoseconds(77), 0);
}

#[test]
fn duration_is_right_across_a_step_of_the_wall_clock() {
    let stepped = of([anchor(0, 0, EPOCH), anchor(SECOND, SECOND, EPOCH - 3_600 * SECOND)]);
    let clock = stepped.clock(SECOND / 4);
    assert_eq!(clock.nanoseconds(SECOND) - clock.nanoseconds(SECOND / 4), SECOND * 3 / 4);
    // A segment that begins after the step has the new time.
    assert_eq!(stepped.nanoseconds(SECOND), EPOCH - 3_600 * SECOND);
}

#[test]
fn jump_of_the_wall_clock_does_not_move_earlier_spans() {
    for jump in [8 * 3_600_i64, -8 * 3_600, 2, -2, 86_400 * 30] {
        let after = |second: u64| {
            (EPOCH + second * SECOND).checked_add_signed(jump * 1_000_000_000).unwrap()
        };
        // The clock jumps between 10 and 11 s.
        let mut timeline =
            of((0..=10).map(|n| anchor(n * 3 * SECOND, n * SECOND, EPOCH + n * SECOND)));
        for second in 11..=20_000 {
            timeline.add(anchor(second * 3 * SECOND, second * SECOND, after(second)));
        }
        for tenth in 0..=100 {
            assert_eq!(
                timeline.nanoseconds(tenth * 3 * SECOND / 10),
                EPOCH + tenth * SECOND / 10,
                "{jump} {tenth}"
            );
        }
        // The time of the jump itself is unknown. After it the new time counts, until now.
        for second in (11..=20_000).step_by(97) {
            assert_eq!(timeline.nanoseconds(second * 3 * SECOND), after(second), "{jump} {second}");
        }
    }
}

#[test]
fn gradual_correction_of_the_wall_clock_is_followed() {
    // By 5 %.
    let timeline =
        of((0..=100).map(|n| anchor(n * SECOND, n * SECOND, EPOCH + n * SECOND * 105 / 100)));
    for half in 0..=200 {
        assert_eq!(timeline.nanoseconds(half * SECOND / 2), EPOCH + half * SECOND * 105 / 200);
    }
}

#[test]
fn lost_wall_clock_continues_until_it_is_set() {
    let at = |second: u64, wall| anchor(second * SECOND, second * SECOND, wall);
    let mut timeline = of([at(0, EPOCH), at(10, EPOCH + 10 * SECOND), at(20, 7), at(30, SECOND)]);
    let times = |timeline: &Timeline| [5, 15, 25, 35].map(|at| timeline.nanoseconds(at * SECOND));
    let gone_on = [5, 15, 25, 35].map(|second| EPOCH + second * SECOND);
    assert_eq!((times(&timeline), timeline.is_set()), (gone_on, true));
    timeline.add(at(40, EPOCH + 3_640 * SECOND));
    timeline.add(at(41, EPOCH + 3_641 * SECOND));
    assert_eq!(timeline.nanoseconds(25 * SECOND), gone_on[2]);
    assert_eq!(timeline.nanoseconds(41 * SECOND), EPOCH + 3_641 * SECOND);
}

#[test]
fn unset_wall_clock_is_replaced_by_the_first_valid_time() {
    let mut timeline = of([anchor(0, 0, 5 * SECOND), anchor(SECOND, SECOND, 6 * SECOND)]);
    timeline.add(anchor(2 * SECOND, 2 * SECOND, EPOCH + 2 * SECOND));
    assert_eq!(timeline.nanoseconds(SECOND / 2), EPOCH + SECOND / 2);
    assert_eq!(timeline.nanoseconds(2 * SECOND), EPOCH + 2 * SECOND);
}

#[test]
fn suspended_machine_with_running_counter_loses_nothing() {
    // Awake for 10 s, suspended for 8 h (the counter runs, the monotonic clock stands still), awake
    // again.
    let away = 8 * 3_600 * SECOND;
    let mut timeline = of((0..=10).map(|n| anchor(3 * n * SECOND, n * SECOND, EPOCH + n * SECOND)));
    for second in 11..=20 {
        timeline.add(anchor(
            3 * (second * SECOND + away),
            second * SECOND,
            EPOCH + second * SECOND + away,
        ));
    }
    for second in 0..=10 {
        assert_eq!(timeline.nanoseconds(3 * second * SECOND), EPOCH + second * SECOND);
    }
    for second in 11..=20 {
        assert_eq!(
            timeline.nanoseconds(3 * (second * SECOND + away)),
            EPOCH + second * SECOND + away
        );
    }
    // After the last anchor the rate is that of the waking machine.
    assert_eq!(timeline.nanoseconds(3 * (21 * SECOND + away)), EPOCH + 21 * SECOND + away);
}

#[test]
fn counter_that_went_back_does_not_move_earlier_spans() {
    let mut timeline = of([anchor(1_000_000, 0, EPOCH), anchor(2_000_000, SECOND, EPOCH + SECOND)]);
    let away = 8 * 3_600 * SECOND;
    timeline.add(anchor(10, 2 * SECOND, EPOCH + 2 * SECOND + away));
    timeline.add(anchor(1_000_010, 3 * SECOND, EPOCH + 3 * SECOND + away));
    assert_eq!(timeline.nanoseconds(1_500_000), EPOCH + SECOND / 2);
    assert_eq!(timeline.nanoseconds(2_000_000), EPOCH + SECOND);
    assert_eq!(
        timeline.nanoseconds(2_250_000),
        EPOCH + SECOND + SECOND / 4,
        "behind its last anchor"
    );
    assert_eq!(timeline.nanoseconds(500_010), EPOCH + 2 * SECOND + SECOND / 2 + away);
    // Repeated restarts keep the history bounded.
    for _ in 0..1_000 {
        timeline.add(anchor(20, 4 * SECOND, EPOCH));
        timeline.add(anchor(10, 4 * SECOND, EPOCH));
    }
    assert!(timeline.counters.len() <= COUNTERS);
}

#[test]
fn jumping_wall_clock_does_not_grow_the_history() {
    let timeline = of((0..100_000)
        .map(|n| anchor(n * 3 * GAP, n * GAP, EPOCH + n * GAP + (n % 2) * 3_600 * SECOND)));
    assert!(timeline.anchors().len() <= LIMIT + 1, "{}", timeline.anchors().len());
}

#[test]
fn history_is_bounded_and_keeps_its_first_anchor() {
    let timeline = of((0..100_000).map(|n| anchor(n * 3 * GAP, n * GAP, EPOCH + n * GAP)));
    assert!(timeline.anchors().len() <= LIMIT + 1, "{}", timeline.anchors().len());
    assert_eq!(timeline.anchors()[0].counter, 0);
    assert_eq!(timeline.nanoseconds(30 * GAP), EPOCH + 10 * GAP);
}

#[test]
fn close_anchors_are_merged() {
    let timeline = of((0..1_000).map(|n| anchor(n * 3, n, EPOCH + n)));
    assert_eq!(timeline.anchors().len(), 2);
}

proptest! {
    #[test]
    fn later_stamps_of_a_segment_never_get_earlier_times(
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
        let clock = timeline.clock(stamps[0]);
        let times: Vec<_> = stamps.iter().map(|stamp| clock.nanoseconds(*stamp)).collect();
        prop_assert!(times.is_sorted(), "{times:?}");
    }

    #[test]
    fn steady_counter_errs_by_less_than_a_tick_per_anchor(
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
