//! The backlog: segments that the reporter took out of the outboxes before it could send them, so
//! that it can drop those that have waited the longest ([`Overflow::DropOldest`]).
//!
//! [`Overflow::DropOldest`]: crate::config::Overflow::DropOldest

use std::collections::BTreeMap;

use crate::observer;
use crate::queue::{Budget, FinishedSegments, SegmentHeader};

/// Where the next segment begins in the taken segments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    pub(super) head: usize,
    pub(super) record: usize,
    pub(super) side: usize,
    pub(super) text: usize,
}

impl Position {
    /// Returns the position after a segment.
    pub(super) fn after(self, head: &SegmentHeader) -> Self {
        Self {
            head: self.head + 1,
            record: self.record + head.records,
            side: self.side + head.sides,
            text: self.text + head.text,
        }
    }
}

/// The segments of one buffer, in the order in which they ended.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) segments: FinishedSegments,
    pub(super) position: Position,
}

impl Taken {
    /// Returns the next segment.
    fn first(&self) -> Option<&SegmentHeader> {
        self.segments.heads.get(self.position.head)
    }

    /// Returns the size of the remaining segments.
    pub(super) fn size(&self) -> Budget {
        let left = self.segments.heads.get(self.position.head..).unwrap_or_default();
        Budget { bytes: left.iter().map(SegmentHeader::bytes).sum(), segments: left.len() }
    }

    /// Drops the attachments of segments before the position.
    fn forget_attached(&mut self) {
        let attached = &mut self.segments.attached;
        let gone = attached.partition_point(|(place, _)| *place < self.position.head);
        attached.drain(..gone);
    }
}

/// The pass to which segments belong, when the first of them ended, and a number that
/// distinguishes them.
type Key = (u64, u64, u64);

/// Segments that wait, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: BTreeMap<Key, Taken>,
    number: u64,
    bytes: usize,
    segments: usize,
}

impl Backlog {
    /// Returns the bytes and the number of the segments.
    pub(super) fn weight(&self) -> (usize, usize) {
        (self.bytes, self.segments)
    }

    /// Adds the remaining segments of a buffer. They belong to this pass of the drain.
    pub(super) fn add(&mut self, pass: u64, mut taken: Taken) {
        let Some(ended) = taken.first().map(|first| first.ended) else { return };
        taken.segments.shrink();
        let Budget { bytes, segments } = taken.size();
        self.bytes += bytes;
        self.segments += segments;
        self.number += 1;
        self.waiting.insert((pass, ended, self.number), taken);
    }

    /// Removes the oldest segments that belong to this pass or to an earlier one.
    pub(super) fn next(&mut self, pass: u64) -> Option<Taken> {
        let oldest = self.waiting.first_entry().filter(|oldest| oldest.key().0 <= pass)?;
        let taken = oldest.remove();
        let Budget { bytes, segments } = taken.size();
        self.bytes -= bytes;
        self.segments -= segments;
        Some(taken)
    }

    /// Drops the oldest segments until no more than this is left. Returns what was dropped.
    pub(super) fn drop_oldest(&mut self, most: Budget) -> Budget {
        let before = self.weight();
        while self.exceeds(most) {
            let Some(((pass, mut ended, number), mut taken)) = self.waiting.pop_first() else {
                break;
            };
            let next = self.waiting.first_key_value().map(|(key, _)| *key);
            // It is the oldest until the first of the next one ended earlier.
            while self.exceeds(most)
                && next.is_none_or(|next| (pass, ended, number) < next)
                && let Some(head) = taken.first().copied()
            {
                self.bytes -= head.bytes();
                self.segments -= 1;
                taken.position = taken.position.after(&head);
                observer::segment_finished(head.test, head.id);
                ended = taken.first().map_or(ended, |first| first.ended);
            }
            taken.forget_attached();
            if taken.first().is_some() {
                self.waiting.insert((pass, ended, number), taken);
            }
        }
        Budget { bytes: before.0 - self.bytes, segments: before.1 - self.segments }
    }

    fn exceeds(&self, most: Budget) -> bool {
        self.bytes > most.bytes || self.segments > most.segments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::Attached;

    fn taken(ended: &[u64]) -> Taken {
        let mut segments = FinishedSegments::default();
        for (place, ended) in ended.iter().enumerate() {
            segments.heads.push(SegmentHeader { ended: *ended, ..SegmentHeader::default() });
            segments.attached.push((place, Attached::default()));
        }
        Taken { segments, position: Position::default() }
    }

    fn ended(taken: &Taken) -> Vec<u64> {
        taken.segments.heads[taken.position.head..].iter().map(|head| head.ended).collect()
    }

    /// Removes everything, with the pass at which it comes out.
    fn all(mut backlog: Backlog) -> Vec<(u64, Vec<u64>)> {
        let mut all = Vec::new();
        for pass in 0..4 {
            while let Some(taken) = backlog.next(pass) {
                assert_eq!(
                    taken.segments.attached.first().map(|(place, _)| *place),
                    Some(taken.position.head)
                );
                all.push((pass, ended(&taken)));
            }
        }
        assert_eq!(backlog.weight(), (0, 0));
        all
    }

    const HEAD: usize = size_of::<SegmentHeader>();

    #[test]
    fn oldest_of_all_threads_are_dropped() {
        let most = |segments| Budget { bytes: usize::MAX, segments };
        for (left, expected) in [
            (9, vec![(0, vec![1, 5, 9]), (0, vec![2, 3, 4]), (1, vec![0, 6])]),
            (6, vec![(0, vec![3, 4]), (0, vec![5, 9]), (1, vec![0, 6])]),
            (2, vec![(1, vec![0, 6])]),
            (1, vec![(1, vec![6])]),
            (0, vec![]),
        ] {
            let mut backlog = Backlog::default();
            backlog.add(1, taken(&[0, 6]));
            backlog.add(0, taken(&[2, 3, 4]));
            backlog.add(0, taken(&[1, 5, 9]));
            backlog.add(0, Taken::default());
            assert_eq!(backlog.weight(), (8 * HEAD, 8));
            let dropped = backlog.drop_oldest(most(left));
            let number = 8_usize.saturating_sub(left);
            assert_eq!((dropped.segments, dropped.bytes), (number, number * HEAD), "{left}");
            assert_eq!(all(backlog), expected);
        }
    }

    #[test]
    fn bytes_are_limited_too() {
        let mut backlog = Backlog::default();
        backlog.add(0, taken(&[1, 2, 3, 4]));
        let dropped = backlog.drop_oldest(Budget { bytes: 2 * HEAD + 1, segments: usize::MAX });
        assert_eq!((dropped.segments, backlog.weight()), (2, (2 * HEAD, 2)));
        assert_eq!(all(backlog), [(0, vec![3, 4])]);
    }
}
