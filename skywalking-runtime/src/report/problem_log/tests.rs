//! Tests which lines are logged when, on a simulated clock.

use super::*;
use crate::report::signal::Signal;

/// The lines since the last look, without their common parts.
struct Log {
    problems: ProblemLog,
    start: Instant,
    losses: Losses,
}

impl Log {
    fn new() -> Self {
        Self {
            problems: ProblemLog::new(Losses::default()),
            start: Instant::now(),
            losses: Losses::default(),
        }
    }

    fn at(&self, seconds: u64) -> Instant {
        self.start + Duration::from_secs(seconds)
    }

    fn failed(&mut self, cause: Cause, seconds: u64) {
        let now = self.at(seconds);
        self.problems.failed(cause, "oap:1", "refused", now);
    }

    fn answered(&mut self, causes: &[Cause], seconds: u64) {
        let now = self.at(seconds);
        self.problems.answered(causes, self.losses, now);
    }

    fn lose(&mut self, seconds: u64, lose: impl FnOnce(&mut Losses)) {
        lose(&mut self.losses);
        self.look(seconds);
    }

    fn look(&mut self, seconds: u64) {
        let now = self.at(seconds);
        self.problems.look(self.losses, now);
    }

    fn lines(&mut self) -> Vec<Line> {
        self.problems.take()
    }
}

fn begins(cause: Cause) -> Line {
    Line::warn(cause.text())
}

fn over(cause: Cause, lost: u64) -> Line {
    if lost > 0 { Line::warn(cause.recovered()).lost(lost) } else { Line::info(cause.recovered()) }
}

fn failure(cause: Cause) -> Line {
    begins(cause).backend("oap:1").problem("refused")
}

/// Selects one of the counts.
type Count = fn(&mut Losses) -> &mut u64;

/// The losses that `look` detects, each with its count.
const FOUND: [(Cause, Count); 4] = [
    (Cause::QueueFull(Signal::Segments), |losses| losses.queue_full.of_mut(Signal::Segments)),
    (Cause::Redaction(Signal::Segments), |losses| losses.hook_panicked.of_mut(Signal::Segments)),
    (Cause::LiveLimit, |losses| &mut losses.live_limit),
    (Cause::KeepBuffer, |losses| &mut losses.keep_buffer),
];

#[test]
fn loss_is_logged_at_once_each_minute_and_when_over() {
    for (cause, count) in FOUND {
        let mut log = Log::new();
        for second in 0..150 {
            log.lose(second, |losses| *count(losses) += 100);
        }
        let expected = [
            begins(cause).lost(100),
            begins(cause).lost(6_100).suppressed(59),
            begins(cause).lost(12_100).suppressed(59),
        ];
        assert_eq!(log.lines(), expected);
        for second in 150..400 {
            log.look(second);
        }
        assert_eq!(log.lines(), [over(cause, 15_000)]);
    }
}

#[test]
fn recurring_loss_logs_two_lines_a_minute_that_add_up() {
    for (cause, count) in FOUND {
        let mut log = Log::new();
        // One second of losses in every 15 s, for ten minutes.
        for second in 0..900 {
            if second < 600 && second % 15 == 0 {
                log.lose(second, |losses| *count(losses) += 7);
            } else {
                log.look(second);
            }
        }
        let lines = log.lines();
        assert!((10..=21).contains(&lines.len()), "{lines:#?}");
        let reported: u64 =
            lines.iter().filter(|line| line.text == cause.recovered()).map(|line| line.lost).sum();
        assert_eq!(reported, 40 * 7, "{lines:#?}");
    }
}

#[test]
fn failure_is_logged_once_a_minute_and_the_end_has_the_loss() {
    for cause in [Cause::Unreachable, Cause::Overloaded] {
        let mut log = Log::new();
        log.failed(cause, 0);
        assert_eq!(log.lines(), [failure(cause)]);
        for second in 1..=100 {
            log.failed(cause, second);
            log.lose(second, |losses| *losses.queue_full.of_mut(Signal::Segments) += 10);
        }
        let lines = log.lines();
        assert_eq!(
            lines,
            [
                begins(Cause::QueueFull(Signal::Segments)).lost(10),
                failure(cause).suppressed(59),
                begins(Cause::QueueFull(Signal::Segments)).lost(610).suppressed(59)
            ]
        );
        log.answered(&[cause], 101);
        assert_eq!(log.lines(), [over(cause, 1_000)]);
        log.answered(&[cause], 102);
        assert_eq!(log.lines(), [], "once");
        log.look(111);
        assert_eq!(log.lines(), [over(Cause::QueueFull(Signal::Segments), 1_000)]);
    }
}

#[test]
fn loss_before_an_outage_was_noticed_belongs_to_it() {
    let mut log = Log::new();
    log.lose(0, |losses| *losses.unconfirmed.of_mut(Signal::Segments) += 5);
    log.answered(&[], 1);
    log.lose(2, |losses| *losses.queue_full.of_mut(Signal::Segments) += 70);
    log.failed(Cause::Unreachable, 3);
    log.lose(4, |losses| *losses.queue_full.of_mut(Signal::Segments) += 3);
    log.answered(&[Cause::Unreachable], 5);
    let expected = [
        begins(Cause::QueueFull(Signal::Segments)).lost(70),
        failure(Cause::Unreachable),
        over(Cause::Unreachable, 73),
    ];
    assert_eq!(log.lines(), expected);
}

#[test]
fn outage_without_loss_logs_its_end() {
    let mut log = Log::new();
    log.failed(Cause::Unreachable, 0);
    log.answered(&[Cause::Unreachable], 3);
    assert_eq!(log.lines(), [failure(Cause::Unreachable), over(Cause::Unreachable, 0)]);
    // The next outage begins within the minute: its begin is logged when that minute is over.
    log.failed(Cause::Unreachable, 20);
    log.answered(&[Cause::Unreachable], 25);
    assert_eq!(log.lines(), []);
    log.answered(&[Cause::Unreachable], 63);
    assert_eq!(log.lines(), [over(Cause::Unreachable, 0)]);
}

#[test]
fn loss_of_an_answered_call_is_in_the_line_that_ends_it() {
    let counts: [(Cause, Count); 2] = [
        (Cause::Unconfirmed(Signal::Segments), |losses| {
            losses.unconfirmed.of_mut(Signal::Segments)
        }),
        (Cause::Refused(Signal::Segments), |losses| losses.refused.of_mut(Signal::Segments)),
    ];
    for (cause, count) in counts {
        let mut log = Log::new();
        for second in 0..3 {
            *count(&mut log.losses) += 1_000;
            log.failed(cause, second);
        }
        log.answered(&[cause], 5);
        assert_eq!(log.lines(), [failure(cause), over(cause, 3_000)]);
    }
}

#[test]
fn causes_are_limited_independently() {
    let mut log = Log::new();
    for cause in Cause::all() {
        log.failed(cause, 0);
    }
    assert_eq!(log.lines().len(), Cause::all().count());
}
