//! Pending segments: finished segments that wait for the handles of some of their spans
//! ([`DetachedSpan`](crate::DetachedSpan)).
//!
//! They wait until the last handle has finished or they are too old. When the reporter ends they
//! are sent as they are. They use at most half of the queue, finished handles included, so that
//! forgotten handles can't fill it.

use std::collections::VecDeque;

use super::encode::Segment;
use crate::queue::{Attached, Budget, SegmentHeader};
use crate::span::record::{Attribute, AttributeKind, LeftOut, Record};
use crate::span::tag::{Kept, Raw};
use crate::trace::detached::{Ending, Entry};
use crate::util::coarse_clock;

/// A segment that waits, copied out of its buffer.
#[derive(Debug)]
pub(crate) struct PendingSegment {
    pub(crate) head: SegmentHeader,
    pub(crate) attached: Attached,
    pub(crate) records: Vec<Record>,
    pub(crate) sides: Vec<Attribute>,
    pub(crate) text: String,
    /// The bytes that it uses of the queue's budget.
    pub(crate) bytes: usize,
    /// The bytes that its handles recorded.
    said: usize,
    expires: u64,
}

/// The segments that wait, the oldest first.
#[derive(Debug)]
pub(crate) struct PendingSegments {
    /// In boxes, since each look at them moves them.
    segments: VecDeque<Box<PendingSegment>>,
    /// Their bytes, with what handles said by the last look.
    bytes: usize,
    /// Segments that are ready to be sent.
    ready: VecDeque<Box<PendingSegment>>,
    /// How long each waits, in milliseconds.
    timeout: u64,
    /// How much may wait.
    room: Budget,
    /// Whether segments no longer wait.
    released: bool,
    /// When they are looked at again.
    next_look: u64,
}

/// So many segments are looked at in a millisecond, at most: a pass may follow upon the other, and
/// each look goes through all of them.
const LOOKS: u64 = 1_024;

impl PendingSegments {
    /// Each segment waits so many milliseconds, and all of them take at most half of the queue.
    pub(crate) fn new(timeout: u64, queue: Budget) -> Self {
        let room = Budget { bytes: queue.bytes / 2, segments: (queue.segments / 2).max(1) };
        Self {
            segments: VecDeque::new(),
            bytes: 0,
            ready: VecDeque::new(),
            timeout,
            room,
            released: false,
            next_look: 0,
        }
    }

    /// Makes all segments ready. Later ones do not wait.
    pub(crate) fn release(&mut self) {
        self.released = true;
        self.ready.append(&mut self.segments);
        self.bytes = 0;
    }

    /// Adds a copy of a finished segment.
    pub(crate) fn add(&mut self, segment: Segment<'_>, attached: Attached) {
        let mut held =
            Box::new(PendingSegment::new(segment, attached, coarse_clock::expiry(self.timeout)));
        if self.released || !held.attached.is_incomplete() {
            return self.ready.push_back(held);
        }
        self.bytes += held.weigh();
        self.segments.push_back(held);
        self.make_room();
    }

    /// Those that came first leave, where more waits than may.
    fn make_room(&mut self) {
        while self.bytes > self.room.bytes || self.segments.len() > self.room.segments {
            let Some(oldest) = self.segments.pop_front() else { break };
            self.bytes -= oldest.weight();
            self.ready.push_back(oldest);
        }
    }

    /// The bytes and the number of those that wait.
    pub(crate) fn weight(&self) -> (usize, usize) {
        (self.bytes, self.segments.len())
    }

    /// Makes the next [`poll`](Self::poll) check all segments, because a caller waits.
    pub(crate) fn poll_now(&mut self) {
        self.next_look = 0;
    }

    /// Looks for those that need not wait any longer: at most once a pass, and less often if there
    /// are many.
    pub(crate) fn poll(&mut self) {
        let now = coarse_clock::now();
        if now < self.next_look {
            return;
        }
        self.next_look = now.saturating_add(self.segments.len() as u64 / LOOKS);
        for _ in 0..self.segments.len() {
            let Some(mut held) = self.segments.pop_front() else { break };
            self.bytes -= held.weight();
            if held.expires < now || !held.attached.is_incomplete() {
                self.ready.push_back(held);
            } else {
                self.bytes += held.weigh();
                self.segments.push_back(held);
            }
        }
        self.make_room();
    }

    /// Removes a segment that is ready.
    pub(crate) fn next(&mut self) -> Option<Box<PendingSegment>> {
        self.ready.pop_front()
    }
}

impl PendingSegment {
    /// A copy of a segment.
    pub(crate) fn new(segment: Segment<'_>, attached: Attached, expires: u64) -> Self {
        let Segment { head, records, sides, text } = segment;
        Self {
            head: *head,
            attached,
            records: records.to_vec(),
            sides: sides.to_vec(),
            text: text.to_owned(),
            bytes: head.bytes(),
            said: 0,
            expires,
        }
    }

    /// The bytes that it takes, with what the handles said.
    pub(crate) fn weight(&self) -> usize {
        self.bytes + self.said
    }

    /// The same, with what they said by now.
    fn weigh(&mut self) -> usize {
        self.said = self
            .attached
            .detached
            .iter()
            .filter_map(|detached| detached.ending())
            .map(Ending::bytes)
            .sum();
        self.weight()
    }

    /// Puts in what the handles said; those that are still out come too late.
    pub(crate) fn apply_handles(&mut self) {
        let detached = std::mem::take(&mut self.attached.detached);
        self.said = 0;
        let mut left_out = LeftOut::default();
        for detached in &detached {
            detached.give_up();
            if let Some(ending) = detached.ending() {
                self.said += ending.bytes();
                self.put(usize::from(detached.index), ending);
                left_out.add(ending.left_out);
            }
        }
        self.leave_out(left_out);
        // What was said counts as waiting for as long as this is here.
        self.attached.detached = detached;
        self.head.records = self.records.len();
        self.head.sides = self.sides.len();
        self.head.text = self.text.len();
    }

    /// The first span says what handles said and there was no room for.
    fn leave_out(&mut self, what: LeftOut) {
        let Some(mut head) = self.records.first().map(|root| root.side) else { return };
        for side in what.sides() {
            self.push(&mut head, side);
            self.head.limited = true;
        }
        if let Some(root) = self.records.first_mut() {
            root.side = head;
        }
    }

    fn put(&mut self, place: usize, ending: &Ending) {
        let Some(record) = self.records.get(place) else { return };
        let mut head = record.side;
        // Where the span's scope went on behind the end that its handle gave it, it may have logs
        // from there.
        let end = ending.end.max(self.last_log(head));
        for entry in &ending.entries {
            match entry {
                Entry::Tag(key, value) => self.tag(&mut head, key, value),
                Entry::Log(at, fields) => {
                    self.push(&mut head, Attribute::number("", AttributeKind::Log, *at));
                    for (key, value) in fields {
                        self.push_text(&mut head, key, value, AttributeKind::Field);
                    }
                }
            }
        }
        if ending.unfinished {
            self.tag(&mut head, "unfinished", &Kept::Bool(true));
        }
        if let Some(record) = self.records.get_mut(place) {
            record.side = head;
            record.end = end;
            if ending.failed {
                record.flags |= Record::ERROR;
            }
        }
        self.head.ended = self.head.ended.max(end);
    }

    /// The time of the last log in a list, or 0.
    fn last_log(&self, head: u32) -> u64 {
        let side = |at: u32| self.sides.get((at as usize).checked_sub(1)?);
        let list = std::iter::successors(side(head), |newer| side(newer.next));
        list.filter(|side| side.kind == AttributeKind::Log)
            .map(Attribute::as_number)
            .max()
            .unwrap_or(0)
    }

    fn tag(&mut self, head: &mut u32, key: &'static str, value: &Kept) {
        match value.raw() {
            Raw::Text(text) => self.push_text(head, key, text, AttributeKind::Text),
            Raw::Int(number) => {
                self.push(head, Attribute::number(key, AttributeKind::Int, number.cast_unsigned()));
            }
            Raw::Uint(number) => {
                self.push(head, Attribute::number(key, AttributeKind::Uint, number));
            }
            Raw::Bool(truth) => {
                self.push(head, Attribute::new(key, AttributeKind::Bool, u32::from(truth), 0));
            }
        }
    }

    fn push_text(&mut self, head: &mut u32, key: &'static str, text: &str, kind: AttributeKind) {
        let (Ok(offset), Ok(length)) = (u32::try_from(self.text.len()), u32::try_from(text.len()))
        else {
            return;
        };
        self.text.push_str(text);
        self.push(head, Attribute { key, a: offset, b: length, next: 0, kind });
    }

    fn push(&mut self, head: &mut u32, mut side: Attribute) {
        let Ok(place) = u32::try_from(self.sides.len() + 1) else { return };
        side.next = *head;
        self.sides.push(side);
        *head = place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::detached::cell::Detached;
    use std::sync::Arc;

    const ROOM: Budget = Budget { bytes: 1_000_000, segments: 20 };

    /// Segments of these ids, each with a handle that is out; gives their cells.
    fn wait(waiting: &mut PendingSegments, ids: impl Iterator<Item = u64>) -> Vec<Arc<Detached>> {
        ids.map(|id| {
            let cell = Arc::new(Detached::new(0));
            let head = SegmentHeader { id, ..SegmentHeader::default() };
            let attached = Attached { detached: vec![Arc::clone(&cell)], ..Attached::default() };
            waiting.add(Segment { head: &head, records: &[], sides: &[], text: "" }, attached);
            cell
        })
        .collect()
    }

    /// Segments of these ids, each with a handle that is out and one that is done and said so many
    /// bytes.
    fn wait_with(
        waiting: &mut PendingSegments,
        said: usize,
        ids: impl Iterator<Item = u64>,
    ) -> Vec<Arc<Detached>> {
        ids.map(|id| {
            let cells = [0, 1].map(|index| Arc::new(Detached::new(index)));
            let head = SegmentHeader { id, ..SegmentHeader::default() };
            let attached = Attached { detached: cells.to_vec(), ..Attached::default() };
            waiting.add(Segment { head: &head, records: &[], sides: &[], text: "" }, attached);
            let [out, done] = cells;
            let mut ending = Ending::default();
            ending.reserve(said, Budget { bytes: usize::MAX, segments: usize::MAX });
            done.fill(ending);
            out
        })
        .collect()
    }

    fn leaving(waiting: &mut PendingSegments) -> Vec<u64> {
        waiting.poll_now();
        waiting.poll();
        std::iter::from_fn(|| waiting.next()).map(|held| held.head.id).collect()
    }

    #[test]
    fn those_leave_whose_handles_are_done_and_at_the_end_all() {
        let mut waiting = PendingSegments::new(u64::MAX, ROOM);
        let cells = wait(&mut waiting, 1..=5);
        assert!(leaving(&mut waiting).is_empty());
        cells[3].give_up();
        cells[1].give_up();
        assert_eq!(leaving(&mut waiting), [2, 4]);
        waiting.release();
        assert_eq!(leaving(&mut waiting), [1, 3, 5]);
        wait(&mut waiting, 6..=7);
        assert_eq!(leaving(&mut waiting), [6, 7]);
        assert!(waiting.segments.is_empty() && waiting.bytes == 0);
    }

    #[test]
    fn a_look_that_is_put_off_comes_at_once_for_who_waits() {
        let mut waiting = PendingSegments::new(u64::MAX, ROOM);
        let cells = wait(&mut waiting, 1..=1);
        waiting.next_look = u64::MAX;
        cells[0].give_up();
        waiting.poll();
        assert!(waiting.next().is_none());
        assert_eq!(leaving(&mut waiting), [1]);
    }

    #[test]
    fn at_most_half_of_the_queue_waits_and_the_oldest_makes_room() {
        let by_bytes = Budget { bytes: 20 * size_of::<SegmentHeader>(), segments: 1_000 };
        for queue in [ROOM, by_bytes] {
            let mut waiting = PendingSegments::new(u64::MAX, queue);
            wait(&mut waiting, 1..=13);
            assert_eq!(leaving(&mut waiting), [1, 2, 3]);
            assert_eq!(
                (waiting.segments.len(), waiting.bytes),
                (10, 10 * size_of::<SegmentHeader>())
            );
        }
    }
    #[test]
    fn what_was_said_by_handles_that_are_done_takes_its_part_of_that_half() {
        // They count as waiting meanwhile, for all.
        let _alone = crate::agent::alone();
        let each = 1_000 + size_of::<SegmentHeader>();
        let mut waiting =
            PendingSegments::new(u64::MAX, Budget { bytes: 10 * each, segments: 1_000 });
        let cells = wait_with(&mut waiting, 1_000, 1..=7);
        assert_eq!(leaving(&mut waiting), [1, 2]);
        assert_eq!(waiting.weight(), (5 * each, 5));
        for cell in cells {
            cell.give_up();
        }
        assert_eq!(leaving(&mut waiting), [3, 4, 5, 6, 7]);
        assert_eq!(waiting.weight(), (0, 0));
    }
}
