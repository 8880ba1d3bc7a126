//! Converts stamps of the raw counter to the time of day.
//!
//! Anchors pair the counter with the clocks, at least once a second. Between two anchors the
//! monotonic clock is interpolated. The wall clock can jump relative to it: it can be set, and a
//! suspended machine stops the monotonic clock. So each segment has its [`Clock`]: the difference
//! between the two clocks when its first span began. Its spans keep the time at which they ran,
//! however long the segment waits. Durations and order within a segment are right whatever the wall
//! clock does.
//!
//! All arithmetic uses integers and differences: an `f64` of nanoseconds since 1970 has steps of
//! 256 ns.

use crate::util::clock::Anchor;

/// How many anchors of one counter are kept. Above it, the older half is thinned out: long spans
/// need old anchors, but not many.
const LIMIT: usize = 512;

/// How many counters are kept. A machine that wakes up may restart its counter from 0.
const COUNTERS: usize = 4;

/// An anchor nearer than this, in nanoseconds, replaces the newest one: two readings close together
/// do not determine the clock's rate.
const GAP: u64 = 50_000_000;

/// The wall clock has jumped between two anchors if it gained or lost more than this, in
/// nanoseconds, and a tenth of the distance. Smaller differences are gradual corrections.
const JUMP: i128 = 100_000_000;

/// A wall clock before this, in nanoseconds since 1970 (September 2001), has not been set yet.
const UNSET: u64 = 1_000_000_000_000_000_000;

/// The history of the clocks.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    /// The last one is the current counter.
    counters: Vec<History>,
}

/// The anchors of one counter.
#[derive(Debug)]
struct History {
    /// Never empty. Counters and monotonic times ascend strictly.
    anchors: Vec<Anchor>,
}

impl Timeline {
    /// Adds an anchor. A counter that went back starts a new history.
    pub(crate) fn add(&mut self, mut anchor: Anchor) {
        self.keep_set(&mut anchor);
        self.set(&anchor);
        match self.counters.last_mut() {
            Some(history) if history.is_before(&anchor) => history.add(anchor),
            _ => {
                self.counters.push(History { anchors: vec![anchor] });
                if self.counters.len() > COUNTERS {
                    self.counters.remove(0);
                }
            }
        }
    }

    /// Returns true if the wall clock shows a valid time of day.
    pub(crate) fn is_set(&self) -> bool {
        self.newest().is_none_or(|anchor| anchor.wall >= UNSET)
    }

    fn newest(&self) -> Option<&Anchor> {
        self.counters.last()?.anchors.last()
    }

    /// Continues the last valid time of day with the monotonic clock, if the wall clock was set
    /// before and is not set now.
    fn keep_set(&self, now: &mut Anchor) {
        if now.wall >= UNSET {
            return;
        }
        if let Some(last) = self.newest().filter(|last| last.wall >= UNSET) {
            now.wall = last.wall.saturating_add(now.monotonic.saturating_sub(last.monotonic));
        }
    }

    /// Corrects earlier anchors if the wall clock is set for the first time: they had no valid time
    /// of day. Only then all anchors are visited.
    fn set(&mut self, now: &Anchor) {
        if now.wall < UNSET || self.is_set() {
            return;
        }
        let anchors = self.counters.iter_mut().flat_map(|history| &mut history.anchors);
        for anchor in anchors.filter(|anchor| anchor.wall < UNSET) {
            anchor.wall = now.wall.saturating_sub(now.monotonic.saturating_sub(anchor.monotonic));
        }
    }

    /// Returns the clock for a segment whose first span began at this stamp.
    pub(crate) fn clock(&self, stamp: u64) -> Clock<'_> {
        let history = self.history(stamp);
        Clock { history, distance: history.map_or(0, |history| history.distance(stamp)) }
    }

    /// Returns the history of the stamp's counter: the newest one that contains the stamp, else the
    /// newest.
    fn history(&self, stamp: u64) -> Option<&History> {
        let (newest, older) = self.counters.split_last()?;
        let counted = self.counters.iter().rev().find(|history| history.has_counted(stamp));
        // After the last anchor of a counter that went back, and ahead of the current counter.
        let beyond = || {
            older.last().filter(|_| newest.anchors.last().is_some_and(|last| stamp > last.counter))
        };
        counted.or_else(beyond).or(Some(newest))
    }
}

/// Computes the times of one segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock<'a> {
    history: Option<&'a History>,
    /// The difference from the monotonic clock to the wall clock.
    distance: i128,
}

impl Clock<'_> {
    /// Returns the time of a stamp in nanoseconds since 1970, or 0 if there is no anchor.
    pub(crate) fn nanoseconds(&self, stamp: u64) -> u64 {
        let Some(history) = self.history else { return 0 };
        let time = i128::from(history.monotonic(stamp)) + self.distance;
        u64::try_from(time.max(0)).unwrap_or(u64::MAX)
    }

    /// Returns the time of a stamp in milliseconds since 1970.
    pub(crate) fn milliseconds(&self, stamp: u64) -> i64 {
        i64::try_from(self.nanoseconds(stamp) / 1_000_000).unwrap_or(i64::MAX)
    }
}

impl History {
    /// Returns true if the anchor can belong to the same counter.
    fn is_before(&self, anchor: &Anchor) -> bool {
        self.anchors.last().is_some_and(|last| {
            last.counter <= anchor.counter && last.monotonic <= anchor.monotonic
        })
    }

    /// Returns true if the stamp lies between the first and the last anchor.
    fn has_counted(&self, stamp: u64) -> bool {
        let ends = self.anchors.first().zip(self.anchors.last());
        ends.is_some_and(|(first, last)| (first.counter..=last.counter).contains(&stamp))
    }

    fn add(&mut self, anchor: Anchor) {
        if let Some(last) = self.anchors.last()
            && (anchor.counter == last.counter || anchor.monotonic == last.monotonic)
        {
            // Without a distance there is no rate. The next anchor has the wall clock's change.
            return;
        }
        if let [.., before, last] = self.anchors.as_slice()
            && anchor.monotonic - before.monotonic < GAP
            && !jumps(before, last)
            && !jumps(last, &anchor)
        {
            self.anchors.pop();
        }
        self.anchors.push(anchor);
        if self.anchors.len() > LIMIT {
            self.thin_out();
        }
    }

    /// Removes every second anchor of the older half. Keeps the first anchor, and the anchors on
    /// both sides of a jump as long as that is enough.
    fn thin_out(&mut self) {
        let beside = |at: usize| {
            let pair = |from: Option<usize>| {
                from.and_then(|from| self.anchors.get(from).zip(self.anchors.get(from + 1)))
            };
            [pair(at.checked_sub(1)), pair(Some(at))]
                .into_iter()
                .flatten()
                .any(|(from, to)| jumps(from, to))
        };
        let second = |at: usize| at.is_multiple_of(2) || at >= LIMIT / 2;
        let keep: Vec<bool> = (0..self.anchors.len()).map(|at| second(at) || beside(at)).collect();
        let kept = keep.iter().filter(|keep| **keep).count();
        let mut at = 0;
        self.anchors.retain(|_| {
            at += 1;
            second(at - 1)
                || (kept <= LIMIT * 3 / 4 + 2 && keep.get(at - 1).copied().unwrap_or(true))
        });
    }

    /// Returns the difference from the monotonic clock to the wall clock at a stamp.
    fn distance(&self, stamp: u64) -> i128 {
        let after = self.anchors.partition_point(|anchor| anchor.counter <= stamp);
        let from = after.checked_sub(1).and_then(|at| self.anchors.get(at));
        match (from, self.anchors.get(after)) {
            (Some(from), Some(to)) if !jumps(from, to) => {
                distance(from) + share(distance(to) - distance(from), stamp, from, to)
            }
            // The moment of a jump between two anchors is unknown. Earlier spans must not move.
            (Some(only), _) | (None, Some(only)) => distance(only),
            (None, None) => 0,
        }
    }

    fn monotonic(&self, stamp: u64) -> u64 {
        let after = self.anchors.partition_point(|anchor| anchor.counter <= stamp);
        let (Some(first), Some(last)) = (self.anchors.first(), self.anchors.last()) else {
            return 0;
        };
        match (after.checked_sub(1).and_then(|at| self.anchors.get(at)), self.anchors.get(after)) {
            (Some(from), Some(to)) => {
                from.monotonic.saturating_add(scale(stamp - from.counter, from, to))
            }
            // Outside the history the nearest rate counts, over a distance that is long enough. The
            // rate over the whole history is useless if the machine was suspended.
            (Some(_), None) => {
                let near = self
                    .anchors
                    .len()
                    .checked_sub(3)
                    .and_then(|at| self.anchors.get(at))
                    .unwrap_or(first);
                last.monotonic.saturating_add(scale(stamp - last.counter, near, last))
            }
            _ => {
                let near = self.anchors.get(2).unwrap_or(last);
                first.monotonic.saturating_sub(scale(
                    first.counter.saturating_sub(stamp),
                    first,
                    near,
                ))
            }
        }
    }
}

/// Returns the difference from the monotonic clock to the wall clock.
fn distance(anchor: &Anchor) -> i128 {
    i128::from(anchor.wall) - i128::from(anchor.monotonic)
}

/// Returns true if the wall clock has jumped between two anchors.
fn jumps(from: &Anchor, to: &Anchor) -> bool {
    let passed = i128::from(to.monotonic.saturating_sub(from.monotonic));
    (distance(to) - distance(from)).abs() > JUMP + passed / 10
}

/// Returns the part of a change between two anchors that has happened at a stamp between them.
fn share(change: i128, stamp: u64, from: &Anchor, to: &Anchor) -> i128 {
    let (passed, whole) = (stamp - from.counter, to.counter - from.counter);
    let small = i64::try_from(change).ok().zip(i64::try_from(passed).ok());
    match small
        .and_then(|(change, passed)| change.checked_mul(passed))
        .zip(i64::try_from(whole).ok())
    {
        // The common case: a division of 128 bits is a function call.
        Some((product, whole)) => i128::from(product / whole),
        None => change * i128::from(passed) / i128::from(whole),
    }
}

/// Converts ticks to nanoseconds at the rate between two anchors. Returns 0 if they are equal.
fn scale(ticks: u64, from: &Anchor, to: &Anchor) -> u64 {
    let (counted, elapsed) = (to.counter - from.counter, to.monotonic - from.monotonic);
    match ticks.checked_mul(elapsed) {
        _ if counted == 0 => 0,
        // The common case: a division of 128 bits is a function call.
        Some(product) => product / counted,
        None => {
            let product = u128::from(ticks) * u128::from(elapsed);
            u64::try_from(product / u128::from(counted)).unwrap_or(u64::MAX)
        }
    }
}

#[cfg(test)]
mod tests;
