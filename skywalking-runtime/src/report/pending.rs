//! Pending segments: finished segments that wait for open handles of their spans
//! ([`DetachedSpan`](crate::DetachedSpan)).
//!
//! A segment waits until its last handle has finished or its timeout is over. When the reporter
//! ends, all pending segments are sent as they are. They use at most half of the queue, including
//! the data of finished handles, so forgotten handles cannot fill it.

use std::collections::VecDeque;

use super::encode::Segment;
use crate::queue::{Attached, Budget, SegmentHeader};
use crate::span::record::{Attribute, AttributeKind, LeftOut, Record};
use crate::span::tag::{Kept, Raw};
use crate::trace::detached::{Ending, Entry};
use crate::util::coarse_clock;

/// A waiting segment, copied out of its buffer.
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
    handle_bytes: usize,
    expires: u64,
}

/// The waiting segments, the oldest first.
#[derive(Debug)]
pub(crate) struct PendingSegments {
    /// Boxed, since each poll moves them.
    segments: VecDeque<Box<PendingSegment>>,
    /// Their bytes, including the handles' data at the last poll.
    bytes: usize,
    /// Segments that are ready to be sent.
    ready: VecDeque<Box<PendingSegment>>,
    /// How long each segment waits, in milliseconds.
    timeout: u64,
    /// How much may wait.
    budget: Budget,
    /// Whether segments no longer wait.
    released: bool,
    /// When they are polled again.
    next_poll: u64,
}

/// At most this many segments are checked per millisecond. Passes can follow each other closely,
/// and each poll checks all segments.
const CHECKS_PER_MILLISECOND: u64 = 1_024;

impl PendingSegments {
    /// Creates a list whose segments wait `timeout` milliseconds and use at most half of the queue.
    pub(crate) fn new(timeout: u64, queue: Budget) -> Self {
        let budget = Budget { bytes: queue.bytes / 2, segments: (queue.segments / 2).max(1) };
        Self {
            segments: VecDeque::new(),
            bytes: 0,
            ready: VecDeque::new(),
            timeout,
            budget,
            released: false,
            next_poll: 0,
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
        let mut pending =
            Box::new(PendingSegment::new(segment, attached, coarse_clock::expiry(self.timeout)));
        if self.released || !pending.attached.is_incomplete() {
            return self.ready.push_back(pending);
        }
        self.bytes += pending.weigh();
        self.segments.push_back(pending);
        self.enforce_budget();
    }

    /// Makes the oldest segments ready while more wait than may.
    fn enforce_budget(&mut self) {
        while self.bytes > self.budget.bytes || self.segments.len() > self.budget.segments {
            let Some(oldest) = self.segments.pop_front() else { break };
            self.bytes -= oldest.weight();
            self.ready.push_back(oldest);
        }
    }

    /// Returns the bytes and the number of waiting segments.
    pub(crate) fn weight(&self) -> (usize, usize) {
        (self.bytes, self.segments.len())
    }

    /// Returns all segments that it has.
    pub(crate) fn all(&self) -> impl Iterator<Item = &PendingSegment> {
        self.segments.iter().chain(&self.ready).map(|pending| &**pending)
    }

    /// Makes the next [`poll`](Self::poll) check all segments, because a caller waits.
    pub(crate) fn poll_now(&mut self) {
        self.next_poll = 0;
    }

    /// Makes segments ready whose handles have finished or whose timeout is over. Checks at most
    /// once a pass, and less often if many segments wait.
    pub(crate) fn poll(&mut self) {
        let now = coarse_clock::now();
        if now < self.next_poll {
            return;
        }
        self.next_poll = now.saturating_add(self.segments.len() as u64 / CHECKS_PER_MILLISECOND);
        for _ in 0..self.segments.len() {
            let Some(mut pending) = self.segments.pop_front() else { break };
            self.bytes -= pending.weight();
            if pending.expires < now || !pending.attached.is_incomplete() {
                self.ready.push_back(pending);
            } else {
                self.bytes += pending.weigh();
                self.segments.push_back(pending);
            }
        }
        self.enforce_budget();
    }

    /// Removes a segment that is ready.
    pub(crate) fn next(&mut self) -> Option<Box<PendingSegment>> {
        self.ready.pop_front()
    }
}

impl PendingSegment {
    /// Copies a segment.
    pub(crate) fn new(segment: Segment<'_>, attached: Attached, expires: u64) -> Self {
        let Segment { head, records, sides, text } = segment;
        Self {
            head: *head,
            attached,
            records: records.to_vec(),
            sides: sides.to_vec(),
            text: text.to_owned(),
            bytes: head.bytes(),
            handle_bytes: 0,
            expires,
        }
    }

    /// Returns the bytes that it takes, including the handles' data at the last poll.
    pub(crate) fn weight(&self) -> usize {
        self.bytes + self.handle_bytes
    }

    /// Returns the bytes that it takes, including the handles' data so far.
    fn weigh(&mut self) -> usize {
        self.handle_bytes = self
            .attached
            .detached
            .iter()
            .filter_map(|detached| detached.ending())
            .map(Ending::bytes)
            .sum();
        self.weight()
    }

    /// Merges the handles' data into the records. Handles that are still open are too late.
    pub(crate) fn apply_handles(&mut self) {
        let detached = std::mem::take(&mut self.attached.detached);
        self.handle_bytes = 0;
        let mut left_out = LeftOut::default();
        for detached in &detached {
            detached.give_up();
            if let Some(ending) = detached.ending() {
                self.handle_bytes += ending.bytes();
                self.put(usize::from(detached.index), ending);
                left_out.add(ending.left_out);
            }
        }
        self.leave_out(left_out);
        // The handles' data uses the queue's budget for as long as this segment exists.
        self.attached.detached = detached;
        self.head.records = self.records.len();
        self.head.sides = self.sides.len();
        self.head.text = self.text.len();
    }

    /// Adds what handles had to omit to the first span.
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
        // The span's scope may have recorded logs after the end that its handle set.
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
                Entry::Name(name) => self.push_text(&mut head, "", name, AttributeKind::Name),
                Entry::Peer(peer) => self.push_text(&mut head, "", peer, AttributeKind::Peer),
                Entry::Component(id) => {
                    let id = id.cast_unsigned();
                    self.push(&mut head, Attribute::new("", AttributeKind::Component, id, 0));
                }
                Entry::Layer(layer) => {
                    self.push(&mut head, Attribute::new("", AttributeKind::Layer, *layer, 0));
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
            if ending.skip_analysis {
                record.flags |= Record::SKIP_ANALYSIS;
            }
        }
        self.head.ended = self.head.ended.max(end);
    }

    /// Returns the time of the last log in a list, or 0.
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
mod tests;
