//! From stamps of the raw counter to the time of day.
//!
//! Anchors pair the counter with the clocks, one at least each second. Between two anchors the
//! monotonic clock is interpolated. The wall clock can jump against it: somebody sets it, or the
//! machine was suspended, which stops the monotonic clock. So each segment has its [`Clock`]: the
//! distance between the two clocks when its first span began. Its spans are shown when they ran,
//! however long it waited since, and within it durations and order are right whatever the wall
//! clock did. All arithmetic is on integers and on differences: a double of nanoseconds since 1970
//! has steps of 256 ns.

use crate::util::clock::Anchor;

/// Anchors kept of one counter. Above it, the older half is thinned out: long spans need old
/// anchors, but not many.
const LIMIT: usize = 512;

/// Counters kept: a machine that wakes up may begin to count again from 0.
const COUNTERS: usize = 4;

/// An anchor nearer than this to the one before takes the place of the newest: two reads of a clock
/// close together say nothing of its rate.
const GAP: u64 = 50_000_000;

/// The wall clock has jumped between two anchors if it gained or lost more than this and a tenth of
/// the distance. Less is a clock that is being corrected in small steps.
const JUMP: i128 = 100_000_000;

/// Nanoseconds since 1970 at which no program runs: a wall clock before that (September 2001) has
/// not been set yet.
const UNSET: u64 = 1_000_000_000_000_000_000;

/// The history of the clocks.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    /// The counter of now is the last one.
    counters: Vec<History>,
}

/// What is known of one counter.
#[derive(Debug)]
struct History {
    /// Never empty; counters and monotonic times ascend strictly.
    anchors: Vec<Anchor>,
}

impl Timeline {
    /// Takes a new anchor. A counter that went back is another one.
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

    /// True if the wall clock shows a time of day, as far as is known.
    pub(crate) fn is_set(&self) -> bool {
        let last = self.counters.last().and_then(|history| history.anchors.last());
        last.is_none_or(|anchor| anchor.wall >= UNSET)
    }

    /// If the wall clock was set before and is not set now, its last time of day goes on with the
    /// monotonic clock.
    fn keep_set(&self, now: &mut Anchor) {
        if now.wall >= UNSET {
            return;
        }
        let last = self.counters.last().and_then(|history| history.anchors.last());
        if let Some(last) = last.filter(|last| last.wall >= UNSET) {
            now.wall = last.wall.saturating_add(now.monotonic.saturating_sub(last.monotonic));
        }
    }

    /// If the wall clock had not been set before, it is what it is now: that was no time of day.
    /// Looks through all anchors only then.
    fn set(&mut self, now: &Anchor) {
        if now.wall < UNSET || self.is_set() {
            return;
        }
        let anchors = self.counters.iter_mut().flat_map(|history| &mut history.anchors);
        for anchor in anchors.filter(|anchor| anchor.wall < UNSET) {
            anchor.wall = now.wall.saturating_sub(now.monotonic.saturating_sub(anchor.monotonic));
        }
    }

    /// The clock for a segment whose first span began at this stamp.
    pub(crate) fn clock(&self, stamp: u64) -> Clock<'_> {
        let history = self.history(stamp);
        Clock { history, distance: history.map_or(0, |history| history.distance(stamp)) }
    }

    /// That of the counter that the stamp is of: the newest that has counted so far, else the
    /// newest.
    fn history(&self, stamp: u64) -> Option<&History> {
        let (newest, older) = self.counters.split_last()?;
        let counted = self.counters.iter().rev().find(|history| history.has_counted(stamp));
        // Behind the last anchor of a counter that went back, and not reached by the one of now.
        let beyond = || {
            older.last().filter(|_| newest.anchors.last().is_some_and(|last| stamp > last.counter))
        };
        counted.or_else(beyond).or(Some(newest))
    }
}

/// Tells the times of one segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock<'a> {
    history: Option<&'a History>,
    /// From the monotonic clock to the wall clock.
    distance: i128,
}

impl Clock<'_> {
    /// The time of a stamp in nanoseconds since 1970; 0 while there is no anchor.
    pub(crate) fn nanoseconds(&self, stamp: u64) -> u64 {
        let Some(history) = self.history else { return 0 };
        let time = i128::from(history.monotonic(stamp)) + self.distance;
        u64::try_from(time.max(0)).unwrap_or(u64::MAX)
    }

    /// The time of a stamp in milliseconds since 1970.
    pub(crate) fn milliseconds(&self, stamp: u64) -> i64 {
        i64::try_from(self.nanoseconds(stamp) / 1_000_000).unwrap_or(i64::MAX)
    }
}

impl History {
    /// True if the anchor can be one of the same counter.
    fn is_before(&self, anchor: &Anchor) -> bool {
        self.anchors.last().is_some_and(|last| {
            last.counter <= anchor.counter && last.monotonic <= anchor.monotonic
        })
    }

    /// True if the stamp lies between the first and the last anchor.
    fn has_counted(&self, stamp: u64) -> bool {
        let ends = self.anchors.first().zip(self.anchors.last());
        ends.is_some_and(|(first, last)| (first.counter..=last.counter).contains(&stamp))
    }

    fn add(&mut self, anchor: Anchor) {
        if let Some(last) = self.anchors.last()
            && (anchor.counter == last.counter || anchor.monotonic == last.monotonic)
        {
            // No distance, no rate. What the wall clock did meanwhile is in the next one.
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

    /// The first stays, and so does the whole newer half; of the older half every second, and those
    /// on both sides of a jump as long as that is enough.
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

    /// From the monotonic clock to the wall clock at a stamp.
    fn distance(&self, stamp: u64) -> i128 {
        let after = self.anchors.partition_point(|anchor| anchor.counter <= stamp);
        let from = after.checked_sub(1).and_then(|at| self.anchors.get(at));
        match (from, self.anchors.get(after)) {
            (Some(from), Some(to)) if !jumps(from, to) => {
                distance(from) + share(distance(to) - distance(from), stamp, from, to)
            }
            // When it jumped between the two nobody knows: what ran before must not move.
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
            // Outside the history its nearest rate counts, over a distance that says something:
            // where the machine was suspended, the rate of all of it may be anything.
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

/// From the monotonic clock to the wall clock.
fn distance(anchor: &Anchor) -> i128 {
    i128::from(anchor.wall) - i128::from(anchor.monotonic)
}

/// True if the wall clock has jumped between two anchors.
fn jumps(from: &Anchor, to: &Anchor) -> bool {
    let passed = i128::from(to.monotonic.saturating_sub(from.monotonic));
    (distance(to) - distance(from)).abs() > JUMP + passed / 10
}

/// The part of a change between two anchors that has happened at a stamp between them.
fn share(change: i128, stamp: u64, from: &Anchor, to: &Anchor) -> i128 {
    let (passed, whole) = (stamp - from.counter, to.counter - from.counter);
    let small = i64::try_from(change).ok().zip(i64::try_from(passed).ok());
    match small
        .and_then(|(change, passed)| change.checked_mul(passed))
        .zip(i64::try_from(whole).ok())
    {
        // Nearly always: a division of 128 bits is a call.
        Some((product, whole)) => i128::from(product / whole),
        None => change * i128::from(passed) / i128::from(whole),
    }
}

/// Ticks to nanoseconds at the rate between two anchors; nothing if they are one and the same.
fn scale(ticks: u64, from: &Anchor, to: &Anchor) -> u64 {
    let (counted, elapsed) = (to.counter - from.counter, to.monotonic - from.monotonic);
    match ticks.checked_mul(elapsed) {
        _ if counted == 0 => 0,
        // Nearly always: a division of 128 bits is a call.
        Some(product) => product / counted,
        None => {
            let product = u128::from(ticks) * u128::from(elapsed);
            u64::try_from(product / u128::from(counted)).unwrap_or(u64::MAX)
        }
    }
}

#[cfg(test)]
mod tests;
