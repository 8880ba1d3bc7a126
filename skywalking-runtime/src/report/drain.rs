//! Takes finished segments out of the outboxes and encodes them into a batch.
//!
//! One pass visits each buffer that contained segments when the pass began. A full batch interrupts
//! the pass: the rest of the taken segments stays here, and other buffers keep theirs, within the
//! queue's budget. Nothing is sent here.

use std::collections::VecDeque;

use bytes::Bytes;

use super::accounts::Ledger;
use super::encode::{Encoder, Segment};
use super::pending::{PendingSegment, PendingSegments};
use super::tail_sampling::{TailOutcome, TailSampler};
use super::timeline::Timeline;
use super::transport::Form;
use crate::config::TailSampling;
use crate::queue::{self, Attached, Budget, Buffer, FinishedSegments, SegmentHeader};
use crate::redact::Hook;
use crate::span::record::Record;
use crate::tracer::Identity;
use crate::util::clock;

/// A batch takes no further segment once it has this many, or this many bytes.
const BATCH_SEGMENTS: usize = 1_000;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Encoded segments that are sent together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) messages: Vec<Bytes>,
    bytes: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.messages.len() >= BATCH_SEGMENTS || self.bytes >= BATCH_BYTES
    }

    fn push(&mut self, message: Bytes) {
        self.bytes += message.len();
        self.messages.push(message);
    }
}

/// Why filling a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// The batch is full; there may be more.
    Full,
    /// The pass is over: what had ended before it began is in this batch or in one before.
    Dry,
    /// The pass is over, but a thread was just working on its buffer.
    Missed,
}

/// Where in the load the next segment begins.
#[derive(Debug, Default)]
struct Place {
    head: usize,
    record: usize,
    side: usize,
    text: usize,
}

/// A segment that is on trial.
enum Undecided<'a> {
    InLoad(Segment<'a>, Attached),
    PendingSegment(PendingSegment),
}

impl Undecided<'_> {
    fn parts(&self) -> (&SegmentHeader, &[Record], &Attached) {
        match self {
            Self::InLoad(segment, attached) => (segment.head, segment.records, attached),
            Self::PendingSegment(held) => (&held.head, &held.records, &held.attached),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::InLoad(segment, _) => segment.head.bytes(),
            Self::PendingSegment(held) => held.bytes,
        }
    }

    fn into_held(self) -> PendingSegment {
        match self {
            Self::InLoad(segment, attached) => PendingSegment::new(segment, attached, u64::MAX),
            Self::PendingSegment(held) => held,
        }
    }
}

/// Takes segments out of the outboxes.
#[derive(Debug)]
pub(crate) struct Drain {
    ledger: Ledger,
    encoder: Encoder,
    form: Form,
    timeline: Timeline,
    /// What was taken out last; empty, it is what the next buffer gets in exchange.
    taken: FinishedSegments,
    place: Place,
    pending: PendingSegments,
    /// Of requests that are on trial.
    tail_sampler: TailSampler,
    /// They waited for the end of a trial, and leave.
    kept: VecDeque<PendingSegment>,
    released: bool,
    /// Segments that were dropped after a trial and their bytes, not yet in the accounts.
    discarded: (usize, usize),
    /// What it said last of the bytes that wait here, and of the segments.
    reported: (usize, usize),
    /// Buffers that this pass has still to visit; none between two passes.
    todo: Option<Vec<&'static Buffer>>,
    missed: bool,
    passes: u64,
}

impl Drain {
    /// Segments wait `max_segment_age` milliseconds for what they lack, and take at most half of
    /// the queue meanwhile. Anchors the time: stamps from now on can be told.
    pub(crate) fn new(
        ledger: Ledger,
        identity: Identity,
        form: Form,
        hook: Hook,
        max_segment_age: u64,
        queue: Budget,
        keep: Option<TailSampling>,
    ) -> Self {
        let mut timeline = Timeline::default();
        timeline.add(clock::anchor());
        Self {
            ledger,
            encoder: Encoder::new(identity, hook),
            form,
            timeline,
            taken: FinishedSegments::default(),
            place: Place::default(),
            pending: PendingSegments::new(max_segment_age, queue),
            tail_sampler: TailSampler::new(keep.unwrap_or(TailSampling::errors())),
            kept: VecDeque::new(),
            released: false,
            discarded: (0, 0),
            reported: (0, 0),
            todo: None,
            missed: false,
            passes: 0,
        }
    }

    /// Complete passes so far.
    pub(crate) fn passes(&self) -> u64 {
        self.passes
    }

    /// Nothing is held from now on: the end is near.
    pub(crate) fn release(&mut self) {
        self.pending.release();
        self.released = true;
    }

    /// Somebody waits for what is done by now.
    pub(crate) fn poll_now(&mut self) {
        self.pending.poll_now();
    }

    /// Notes what the clocks say now. To be called each second, also while nothing is taken out:
    /// what waits would else be shown by what the clocks did meanwhile.
    pub(crate) fn note_time(&mut self) {
        self.timeline.add(clock::anchor());
    }

    /// False while the wall clock shows a date before which no program runs.
    pub(crate) fn is_clock_set(&self) -> bool {
        self.timeline.is_set()
    }

    /// The number of passes after which all is out that has ended by now.
    pub(crate) fn goal(&self) -> u64 {
        self.passes + if self.todo.is_some() { 2 } else { 1 }
    }

    /// Puts segments into the batch until it is full or the pass is over.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> Filled {
        let filled = self.run_pass(batch);
        let (segments, bytes) = std::mem::take(&mut self.discarded);
        if segments > 0 {
            self.ledger.discard(segments, bytes);
        }
        self.report_pending();
        filled
    }

    /// Says how much waits here, so that nobody wakes the reporter for that.
    fn report_pending(&mut self) {
        let (handles, undecided) = (self.pending.weight(), self.tail_sampler.weight());
        let reported = (handles.0 + undecided.0, handles.1 + undecided.1);
        if reported != self.reported {
            self.reported = reported;
            self.ledger.set_pending(reported.0, reported.1);
        }
    }

    fn run_pass(&mut self, batch: &mut Batch) -> Filled {
        let mut todo = self.todo.take().unwrap_or_else(|| {
            self.missed = false;
            // Also where there is nothing to take: far between, anchors would smear what the clocks
            // did meanwhile.
            self.timeline.add(clock::anchor());
            self.pending.poll();
            queue::outboxes()
                .flat_map(|outbox| &outbox.buffers)
                .filter(|buffer| buffer.queued() > 0)
                .collect()
        });
        if !self.encode_ready(batch) {
            self.todo = Some(todo);
            return Filled::Full;
        }
        loop {
            if !self.encode_taken(batch) {
                self.todo = Some(todo);
                return Filled::Full;
            }
            let Some(buffer) = todo.pop() else { break };
            match self.ledger.take(buffer, &mut self.taken) {
                // After the load was taken: all its stamps lie before this anchor.
                Some(true) => self.timeline.add(clock::anchor()),
                Some(false) => self.missed |= buffer.queued() > 0,
                None => break,
            }
        }
        if self.missed {
            return Filled::Missed;
        }
        let (kept, dropped) = self.tail_sampler.take_decided(self.released);
        self.kept.extend(kept);
        for held in dropped {
            self.discard(&held.head, held.bytes);
        }
        if !self.encode_ready(batch) {
            // Nothing else is left of this pass.
            self.todo = Some(Vec::new());
            return Filled::Full;
        }
        self.passes += 1;
        Filled::Dry
    }

    /// Encodes what was held and need not wait any longer. False if the batch is full before its
    /// end.
    fn encode_ready(&mut self, batch: &mut Batch) -> bool {
        while !batch.is_full() {
            if let Some(held) = self.kept.pop_front() {
                self.encode_pending(&held, batch);
                continue;
            }
            let Some(mut held) = self.pending.next() else { return true };
            held.apply_handles();
            if held.attached.tail_decision.is_some() {
                self.decide(Undecided::PendingSegment(*held));
            } else {
                self.encode_pending(&held, batch);
            }
        }
        false
    }

    fn encode_pending(&mut self, held: &PendingSegment, batch: &mut Batch) {
        let PendingSegment { head, records, sides, text, bytes, .. } = held;
        if let Some(message) = self.encode(Segment { head, records, sides, text }) {
            batch.push(message);
            self.ledger.pack(1, *bytes);
        } else {
            self.lose(1, *bytes);
        }
        #[cfg(feature = "testing")]
        crate::testing::segment_finished(head.scope, head.id);
    }

    /// Puts a segment that is on trial where it belongs: among those that leave, in the buffer, or
    /// nowhere.
    fn decide(&mut self, segment: Undecided<'_>) {
        let (head, records, attached) = segment.parts();
        match self.tail_sampler.decide(head, records, attached, &self.timeline) {
            TailOutcome::Pending => {
                let pushed_out = self.tail_sampler.add(segment.into_held());
                for held in pushed_out {
                    self.discard(&held.head, held.bytes);
                }
            }
            TailOutcome::Send(others) => {
                self.kept.push_back(segment.into_held());
                self.kept.extend(others);
            }
            TailOutcome::Drop(others) => {
                let head = *head;
                self.discard(&head, segment.bytes());
                for held in others {
                    self.discard(&held.head, held.bytes);
                }
            }
        }
    }

    fn discard(&mut self, head: &SegmentHeader, bytes: usize) {
        self.discarded.0 += 1;
        self.discarded.1 += bytes;
        #[cfg(feature = "testing")]
        crate::testing::segment_finished(head.scope, head.id);
        #[cfg(not(feature = "testing"))]
        let _ = head;
    }

    /// Encodes the load at hand. False if the batch is full before its end.
    fn encode_taken(&mut self, batch: &mut Batch) -> bool {
        let (mut segments, mut bytes) = (0, 0);
        let (mut lost, mut lost_bytes) = (0, 0);
        let mut finished = true;
        let mut taken = std::mem::take(&mut self.taken);
        let mut attached = std::mem::take(&mut taken.attached).into_iter().peekable();
        while let Some(head) = taken.heads.get(self.place.head) {
            if batch.is_full() {
                finished = false;
                break;
            }
            let Place { record, side, text, .. } = self.place;
            let segment = Segment {
                head,
                records: taken.records.get(record..record + head.records).unwrap_or_default(),
                sides: taken.sides.get(side..side + head.sides).unwrap_or_default(),
                text: taken.text.get(text..text + head.text).unwrap_or_default(),
            };
            // Also one that need not wait: what was said elsewhere is put in there.
            if let Some((_, attached)) = attached.next_if(|(place, _)| *place == self.place.head) {
                if attached.detached.is_empty() {
                    self.decide(Undecided::InLoad(segment, attached));
                } else {
                    self.pending.add(segment, attached);
                }
            } else if let Some(message) = self.encode(segment) {
                batch.push(message);
                segments += 1;
                bytes += head.bytes();
            } else {
                lost += 1;
                lost_bytes += head.bytes();
            }
            self.place = Place {
                head: self.place.head + 1,
                record: record + head.records,
                side: side + head.sides,
                text: text + head.text,
            };
        }
        taken.attached.extend(attached);
        self.taken = taken;
        if segments > 0 {
            self.ledger.pack(segments, bytes);
        }
        if lost > 0 {
            self.lose(lost, lost_bytes);
        }
        if finished {
            self.taken.clear();
            self.place = Place::default();
        }
        finished && self.encode_ready(batch)
    }

    /// The program's redaction panicked on so much.
    fn lose(&mut self, segments: usize, bytes: usize) {
        self.ledger.lose(segments, bytes);
    }

    /// The bytes of one segment, in the form that they leave in. None if the program's redaction
    /// panicked.
    fn encode(&mut self, segment: Segment<'_>) -> Option<Bytes> {
        let message = self.encoder.encode_redacted(segment, &self.timeline)?;
        #[cfg(feature = "testing")]
        super::test_sink::hand(segment.head.scope, &message);
        Some(match self.form {
            Form::Protobuf => message,
            #[cfg(feature = "report-http")]
            Form::Json => super::json::segment(&message),
        })
    }
}
