//! Takes finished segments out of the outboxes and encodes them into a batch.
//!
//! A pass visits each buffer that contained segments when the pass began. A full batch interrupts
//! the pass: the rest of the taken segments stays in [`Drain`], and unvisited buffers keep theirs,
//! within the queue's budget. This module does not send anything.

mod batch;
mod recovery;
mod undecided;

use std::collections::VecDeque;

use bytes::Bytes;

pub(crate) use self::batch::{Batch, Filled};
use self::undecided::Undecided;
use super::accounts::Ledger;
use super::backlog::{Backlog, Position, Taken};
use super::encode::{Encoder, Segment};
use super::pending::{PendingSegment, PendingSegments};
use super::tail_sampling::{TailOutcome, TailSampler};
use super::timeline::Timeline;
use super::transport::Form;
use crate::config::settings::Settings;
use crate::config::{Overflow, TailSampling};
use crate::observer;
use crate::queue::{self, Budget, Buffer, FinishedSegments, SegmentHeader};
use crate::redact::Hook;
use crate::tracer::Identity;
use crate::util::clock;

/// Takes segments out of the outboxes.
#[derive(Debug)]
pub(crate) struct Drain {
    ledger: Ledger,
    encoder: Encoder,
    form: Form,
    timeline: Timeline,
    /// The segments that were taken last. Once empty, it is exchanged for the next full buffer.
    taken: Taken,
    /// The segments that were taken to free space in the queue.
    backlog: Backlog,
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
    /// The spans of the segments that were encoded.
    spans: u64,
    /// When a batch is full.
    full: Budget,
    queue: Budget,
    overflow: Overflow,
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
            taken: Taken::default(),
            backlog: Backlog::default(),
            pending: PendingSegments::new(max_segment_age, queue),
            tail_sampler: TailSampler::new(tail_sampling.unwrap_or(TailSampling::errors())),
            kept: VecDeque::new(),
            released: false,
            discarded: (0, 0),
            reported: (0, 0),
            todo: None,
            missed: false,
            passes: 0,
            spans: 0,
            full: Settings::default().batch,
            queue,
            overflow: Overflow::default(),
        }
    }

    /// Sets when a batch is full.
    pub(crate) fn batches_of(mut self, full: Budget) -> Self {
        self.full = full;
        self
    }

    /// Sets which segments are dropped when the queue is full.
    pub(crate) fn on_overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// Returns true if [`free_space`](Self::free_space) is needed while nothing can be sent.
    pub(crate) fn drops_oldest(&self) -> bool {
        self.overflow == Overflow::DropOldest
    }

    /// Takes the segments of all outboxes, and drops the oldest of them until at most three
    /// quarters of the queue are used. So the threads find space for new segments.
    pub(crate) fn free_space(&mut self) {
        self.backlog.add(self.passes, std::mem::take(&mut self.taken));
        for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
            let mut segments = FinishedSegments::default();
            match self.ledger.take(buffer, &mut segments) {
                Some(true) => {
                    let pass = self.passes + u64::from(!self.visits(buffer));
                    self.backlog.add(pass, Taken { segments, position: Position::default() });
                }
                Some(false) => {}
                None => return,
            }
        }
        self.timeline.add(clock::anchor());
        let (bytes, segments) = self.pending_weight();
        let dropped = self.backlog.drop_oldest(Budget {
            bytes: most(self.queue.bytes).saturating_sub(bytes),
            segments: most(self.queue.segments).saturating_sub(segments),
        });
        if dropped.segments > 0 {
            self.ledger.overflow(dropped.segments, dropped.bytes);
        }
        self.report_pending();
    }

    /// Returns true if the current pass, or else the next one, has yet to visit a buffer.
    fn visits(&self, buffer: &Buffer) -> bool {
        self.todo.as_ref().is_none_or(|todo| todo.iter().any(|other| std::ptr::eq(*other, buffer)))
    }

    /// Returns the history of the clocks, which has a new anchor.
    pub(crate) fn timeline(&mut self) -> &Timeline {
        self.timeline.add(clock::anchor());
        &self.timeline
    }

    /// Returns the number of spans that were encoded.
    pub(crate) fn spans(&self) -> u64 {
        self.spans
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

    /// Returns the bytes and the number of segments that wait for handles or for a decision.
    fn pending_weight(&self) -> (usize, usize) {
        let (handles, undecided) = (self.pending.weight(), self.tail_sampler.weight());
        (handles.0 + undecided.0, handles.1 + undecided.1)
    }

    /// Reports how much is pending, so that pending segments do not wake the reporter.
    fn report_pending(&mut self) {
        let (pending, backlog) = (self.pending_weight(), self.backlog.weight());
        let reported = (pending.0 + backlog.0, pending.1 + backlog.1);
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
            if let Some(taken) = self.backlog.next(self.passes) {
                self.taken = taken;
                continue;
            }
            let Some(buffer) = todo.pop() else { break };
            match self.ledger.take(buffer, &mut self.taken.segments) {
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
        let Taken { segments: mut taken, mut position } = std::mem::take(&mut self.taken);
        let mut attached = std::mem::take(&mut taken.attached).into_iter().peekable();
        while let Some(head) = taken.heads.get(position.head) {
            if batch.is_full() {
                finished = false;
                break;
            }
            let Position { record, side, text, .. } = position;
            let segment = Segment {
                head,
                records: taken.records.get(record..record + head.records).unwrap_or_default(),
                sides: taken.sides.get(side..side + head.sides).unwrap_or_default(),
                text: taken.text.get(text..text + head.text).unwrap_or_default(),
            };
            // Also for a segment that need not wait: its handles' data is merged in `pending`.
            if let Some((_, attached)) = attached.next_if(|(place, _)| *place == position.head) {
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
            position = position.after(head);
        }
        taken.attached.extend(attached);
        if finished {
            taken.clear();
            position = Position::default();
        }
        self.taken = Taken { segments: taken, position };
        if segments > 0 {
            self.ledger.pack(segments, bytes);
        }
        if lost > 0 {
            self.lose(lost, lost_bytes);
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
        self.spans += segment.records.len() as u64;
        observer::segment_encoded(segment.head.test, &message);
        Some(match self.form {
            Form::Protobuf => message,
            #[cfg(feature = "report-http")]
            Form::Json => super::json::segment(&message),
        })
    }
}

/// Returns how much of a limit of the queue stays used: three quarters, and at least 1.
fn most(limit: usize) -> usize {
    limit.saturating_sub((limit / 4).max(1)).max(1)
}
