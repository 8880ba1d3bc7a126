//! Takes finished segments out of the outboxes and encodes them into a batch.
//!
//! A pass visits each buffer that contained segments when the pass began. A full batch interrupts
//! the pass: the rest of the taken segments stays in [`Drain`], and unvisited buffers keep theirs,
//! within the queue's budget. This module does not send anything.

mod batch;
mod undecided;

use std::collections::VecDeque;

use bytes::Bytes;

pub(crate) use self::batch::{Batch, Filled};
use self::undecided::Undecided;
use super::accounts::Ledger;
use super::encode::{Encoder, Segment};
use super::pending::{PendingSegment, PendingSegments};
use super::tail_sampling::{TailOutcome, TailSampler};
use super::timeline::Timeline;
use super::transport::Form;
use crate::config::TailSampling;
use crate::config::settings::Settings;
use crate::observer;
use crate::queue::{self, Budget, Buffer, FinishedSegments, SegmentHeader};
use crate::redact::Hook;
use crate::tracer::Identity;
use crate::util::clock;

/// Where the next segment begins in the taken segments.
#[derive(Debug, Default)]
struct Position {
    head: usize,
    record: usize,
    side: usize,
    text: usize,
}

/// Takes segments out of the outboxes.
#[derive(Debug)]
pub(crate) struct Drain {
    ledger: Ledger,
    encoder: Encoder,
    form: Form,
    timeline: Timeline,
    /// The segments that were taken last. Once empty, it is exchanged for the next full buffer.
    taken: FinishedSegments,
    position: Position,
    pending: PendingSegments,
    /// Segments whose requests tail sampling has not decided.
    tail_sampler: TailSampler,
    /// Segments that tail sampling decided to send.
    kept: VecDeque<PendingSegment>,
    released: bool,
    /// Segments that tail sampling dropped, and their bytes, not yet in the accounts.
    discarded: (usize, usize),
    /// The bytes and the number of pending segments, as last reported to the accounts.
    reported: (usize, usize),
    /// The buffers that this pass still has to visit. `None` between two passes.
    todo: Option<Vec<&'static Buffer>>,
    missed: bool,
    passes: u64,
    /// When a batch is full.
    full: Budget,
}

impl Drain {
    /// Creates a drain whose segments wait up to `max_segment_age` milliseconds for open handles,
    /// with at most half of the queue's budget. Adds the first anchor of the clocks: the time of
    /// later stamps is known.
    pub(crate) fn new(
        ledger: Ledger,
        identity: Identity,
        form: Form,
        hook: Hook,
        max_segment_age: u64,
        queue: Budget,
        tail_sampling: Option<TailSampling>,
    ) -> Self {
        let mut timeline = Timeline::default();
        timeline.add(clock::anchor());
        Self {
            ledger,
            encoder: Encoder::new(identity, hook),
            form,
            timeline,
            taken: FinishedSegments::default(),
            position: Position::default(),
            pending: PendingSegments::new(max_segment_age, queue),
            tail_sampler: TailSampler::new(tail_sampling.unwrap_or(TailSampling::errors())),
            kept: VecDeque::new(),
            released: false,
            discarded: (0, 0),
            reported: (0, 0),
            todo: None,
            missed: false,
            passes: 0,
            full: Settings::default().batch,
        }
    }

    /// Sets when a batch is full.
    pub(crate) fn batches_of(mut self, full: Budget) -> Self {
        self.full = full;
        self
    }

    /// Returns the number of complete passes.
    pub(crate) fn passes(&self) -> u64 {
        self.passes
    }

    /// Stops holding back segments, because the agent ends.
    pub(crate) fn release(&mut self) {
        self.pending.release();
        self.released = true;
    }

    /// Checks the pending segments in the next pass, because a caller waits.
    pub(crate) fn poll_now(&mut self) {
        self.pending.poll_now();
    }

    /// Adds an anchor of the clocks. Call it each second, even if nothing is drained: otherwise a
    /// jump of the wall clock would shift the times of waiting segments.
    pub(crate) fn note_time(&mut self) {
        self.timeline.add(clock::anchor());
    }

    /// Returns false while the wall clock shows a date that is before any possible run.
    pub(crate) fn is_clock_set(&self) -> bool {
        self.timeline.is_set()
    }

    /// Returns the number of passes after which all segments that have ended by now are out.
    pub(crate) fn goal(&self) -> u64 {
        self.passes + if self.todo.is_some() { 2 } else { 1 }
    }

    /// Fills a batch with segments until it is full or the pass is complete.
    pub(crate) fn fill(&mut self) -> (Batch, Filled) {
        let mut batch = Batch::new(self.passes, self.full);
        let filled = self.run_pass(&mut batch);
        let (segments, bytes) = std::mem::take(&mut self.discarded);
        if segments > 0 {
            self.ledger.discard(segments, bytes);
        }
        self.report_pending();
        (batch, filled)
    }

    /// Reports how much is pending, so that pending segments do not wake the reporter.
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
            // Also if there is nothing to take: with anchors far apart, a jump of the clocks
            // between them would be spread over the whole distance.
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
                // After the buffer was taken: all stamps in it are before this anchor.
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
        for pending in dropped {
            self.discard(&pending.head, pending.bytes);
        }
        if !self.encode_ready(batch) {
            // The pass has nothing else left.
            self.todo = Some(Vec::new());
            return Filled::Full;
        }
        self.passes += 1;
        Filled::Dry
    }

    /// Encodes the pending segments that are ready. Returns false if the batch is full before the
    /// end.
    fn encode_ready(&mut self, batch: &mut Batch) -> bool {
        while !batch.is_full() {
            if let Some(pending) = self.kept.pop_front() {
                self.encode_pending(&pending, batch);
                continue;
            }
            let Some(mut pending) = self.pending.next() else { return true };
            pending.apply_handles();
            if pending.attached.tail_decision.is_some() {
                self.decide(Undecided::Pending(*pending));
            } else {
                self.encode_pending(&pending, batch);
            }
        }
        false
    }

    fn encode_pending(&mut self, pending: &PendingSegment, batch: &mut Batch) {
        let PendingSegment { head, records, sides, text, bytes, .. } = pending;
        if let Some(message) = self.encode(Segment { head, records, sides, text }) {
            batch.push(message);
            self.ledger.pack(1, *bytes);
        } else {
            self.lose(1, *bytes);
        }
        observer::segment_finished(head.test, head.id);
    }

    /// Sends, buffers or drops a segment, as tail sampling decides.
    fn decide(&mut self, segment: Undecided<'_>) {
        let (head, records, attached) = segment.parts();
        match self.tail_sampler.decide(head, records, attached, &self.timeline) {
            TailOutcome::Pending => {
                let removed = self.tail_sampler.add(segment.into_pending());
                for pending in removed {
                    self.discard(&pending.head, pending.bytes);
                }
            }
            TailOutcome::Send(others) => {
                self.kept.push_back(segment.into_pending());
                self.kept.extend(others);
            }
            TailOutcome::Drop(others) => {
                let head = *head;
                self.discard(&head, segment.bytes());
                for pending in others {
                    self.discard(&pending.head, pending.bytes);
                }
            }
        }
    }

    fn discard(&mut self, head: &SegmentHeader, bytes: usize) {
        self.discarded.0 += 1;
        self.discarded.1 += bytes;
        observer::segment_finished(head.test, head.id);
    }

    /// Encodes the taken segments. Returns false if the batch is full before the end.
    fn encode_taken(&mut self, batch: &mut Batch) -> bool {
        let (mut segments, mut bytes) = (0, 0);
        let (mut lost, mut lost_bytes) = (0, 0);
        let mut finished = true;
        let mut taken = std::mem::take(&mut self.taken);
        let mut attached = std::mem::take(&mut taken.attached).into_iter().peekable();
        while let Some(head) = taken.heads.get(self.position.head) {
            if batch.is_full() {
                finished = false;
                break;
            }
            let Position { record, side, text, .. } = self.position;
            let segment = Segment {
                head,
                records: taken.records.get(record..record + head.records).unwrap_or_default(),
                sides: taken.sides.get(side..side + head.sides).unwrap_or_default(),
                text: taken.text.get(text..text + head.text).unwrap_or_default(),
            };
            // Also for a segment that need not wait: its handles' data is merged in `pending`.
            if let Some((_, attached)) = attached.next_if(|(place, _)| *place == self.position.head)
            {
                if attached.detached.is_empty() {
                    self.decide(Undecided::InBuffer(segment, attached));
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
            self.position = Position {
                head: self.position.head + 1,
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
            self.position = Position::default();
        }
        finished && self.encode_ready(batch)
    }

    /// Counts segments for which the program's redaction hook panicked.
    fn lose(&mut self, segments: usize, bytes: usize) {
        self.ledger.lose(segments, bytes);
    }

    /// Encodes one segment in the transport's format. Returns `None` if the program's redaction
    /// hook panicked.
    fn encode(&mut self, segment: Segment<'_>) -> Option<Bytes> {
        let message = self.encoder.encode_redacted(segment, &self.timeline)?;
        observer::segment_encoded(segment.head.test, &message);
        Some(match self.form {
            Form::Protobuf => message,
            #[cfg(feature = "report-http")]
            Form::Json => super::json::segment(&message),
        })
    }
}
