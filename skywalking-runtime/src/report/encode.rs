//! Encodes the records of a finished segment as a `SegmentObject`, in one pass from the last field
//! to the first.
//!
//! The bytes are identical to those of prost for the same message: fields ascend, and defaults are
//! omitted. Missing or contradictory records are replaced by values that the backend accepts.
//! Nothing here fails, panics or loops. `drain` provides the segments, and the worker sends the
//! bytes.
//!
//! Rules that only this module enforces:
//! * A span that is still open ends with its segment and gets the tag `unfinished=true`.
//! * No span ends before it starts. No span starts before its parent.
//! * Of several tags with one key, only the last is written, at its position. An OAP loses segments
//!   with duplicate keys (`docs/protocol.md#silent-data-loss`).
//! * An Exit span without an address gets the peer `unknown`: without a peer the backend shows no
//!   call. A span without a name, a tag without a key and a log field without a key are named
//!   `unnamed`. Blank text counts as missing.
//! * A span with more than 300 logs keeps the first 299 and the last one: the last log most often
//!   has the reason of a failure.

mod attributes;
mod component;
#[cfg(test)]
mod golden;
#[cfg(all(test, feature = "report-http"))]
mod json;
mod reference;
mod span;
mod span_field;
mod tags;
#[cfg(test)]
mod tests;
mod texts;

use std::borrow::Cow;

use bytes::Bytes;

use super::timeline::Timeline;
use super::wire::Writer;
use crate::queue::SegmentHeader;
use crate::redact::Hook;
use crate::span::record::{Attribute, NONE, Record, Trace};
use crate::tracer::Identity;
use crate::util::base64;
use crate::util::catch_panic::catch_panic;
use crate::util::id;
use reference::Caller;
use texts::Texts;

/// Field numbers of a `SegmentObject`.
mod field {
    pub(super) const TRACE_ID: u32 = 1;
    pub(super) const SEGMENT_ID: u32 = 2;
    pub(super) const SPANS: u32 = 3;
    pub(super) const SERVICE: u32 = 4;
    pub(super) const INSTANCE: u32 = 5;
    pub(super) const IS_SIZE_LIMITED: u32 = 6;
}

/// A finished segment, as slices of the buffer that contains it. Indices count from the beginning
/// of these slices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) head: &'a SegmentHeader,
    pub(crate) records: &'a [Record],
    pub(crate) sides: &'a [Attribute],
    pub(crate) text: &'a str,
}

impl<'a> Segment<'a> {
    /// Returns the text of an attribute, or an empty text if its position is invalid.
    fn text_of(&self, side: &Attribute) -> &'a str {
        self.text_at(side.a, side.b)
    }

    fn text_at(&self, offset: u32, length: u32) -> &'a str {
        let from = offset as usize;
        from.checked_add(length as usize).and_then(|to| self.text.get(from..to)).unwrap_or_default()
    }

    /// Returns true if the span at this index was reported in an earlier part of its segment.
    fn is_reported(&self, place: usize) -> bool {
        place > 0 && self.records.get(place).is_some_and(|record| record.is(Record::HANDED_OVER))
    }

    /// Returns the index of a span's parent. Only earlier spans of this part can be parents.
    fn parent_of(&self, place: usize) -> Option<usize> {
        let mut at = place;
        loop {
            let parent = self
                .records
                .get(at)
                .map(|record| record.parent)
                .filter(|parent| *parent != NONE)?;
            at = Some(usize::from(parent)).filter(|parent| *parent < at)?;
            if !self.is_reported(at) {
                return Some(at);
            }
        }
    }

    /// Returns the trace id that came in a header.
    fn foreign_trace(&self) -> Option<&'a str> {
        match self.head.trace {
            Trace::Own(_) => None,
            Trace::Foreign { offset, length } => Some(self.text_at(offset, length)),
        }
    }
}

/// Encodes the segments of one process, one after the other.
#[derive(Debug)]
pub(crate) struct Encoder {
    identity: Identity,
    /// The fields that are the same in all segments: service and instance.
    tail: Bytes,
    writer: Writer,
    /// The start of each span of the current segment, in milliseconds.
    starts: Vec<i64>,
    /// The segment's trace id if it came from another process: its first reference repeats it.
    trace: String,
    caller: Caller,
    scratch: Scratch,
    hook: Hook,
    /// Whether the texts of the current segment are sent unchanged.
    texts_unchanged: bool,
    /// How many logs of the current segment are over the limit.
    logs_left_out: usize,
}

/// A reusable buffer.
#[derive(Debug, Default)]
struct Scratch {
    bytes: Vec<u8>,
}

impl Encoder {
    pub(crate) fn new(identity: Identity, hook: Hook) -> Self {
        let mut writer = Writer::default();
        writer.string(field::INSTANCE, &identity.instance);
        writer.string(field::SERVICE, &identity.service);
        Self {
            identity,
            tail: writer.take(),
            writer,
            starts: Vec::new(),
            trace: String::new(),
            caller: Caller::default(),
            scratch: Scratch::default(),
            hook,
            texts_unchanged: false,
            logs_left_out: 0,
        }
    }

    /// Encodes a segment. Returns `None` if the program's redaction hook panicked.
    pub(crate) fn encode_redacted(
        &mut self,
        segment: Segment<'_>,
        timeline: &Timeline,
    ) -> Option<Bytes> {
        if !self.hook.is_set() {
            return Some(self.encode(segment, timeline));
        }
        let encoded = catch_panic(|| self.encode(segment, timeline));
        if encoded.is_none() {
            // Discards the part that was written.
            self.writer.take();
        }
        encoded
    }

    /// Encodes a segment.
    pub(crate) fn encode(&mut self, segment: Segment<'_>, timeline: &Timeline) -> Bytes {
        let clock = timeline
            .clock(segment.records.first().map_or(segment.head.ended, |record| record.start));
        self.starts.clear();
        self.texts_unchanged = Texts::are_unchanged(&self.hook, segment);
        self.logs_left_out = 0;
        for (place, record) in segment.records.iter().enumerate() {
            let parent = segment.parent_of(place).and_then(|parent| self.starts.get(parent));
            let start = clock.milliseconds(record.start).max(1);
            self.starts.push(parent.map_or(start, |parent| start.max(*parent)));
        }
        self.trace.clear();
        if let Some(base64) = segment.foreign_trace() {
            self.trace.push_str(&self.scratch.decode(base64));
        }
        self.writer.bool(field::IS_SIZE_LIMITED, segment.head.limited);
        self.writer.bytes(&self.tail);
        for place in (0..segment.records.len()).rev().filter(|place| !segment.is_reported(*place)) {
            let since = self.writer.mark();
            self.span(segment, place, clock);
            self.writer.close(field::SPANS, since);
        }
        self.writer.id(field::SEGMENT_ID, segment.head.id);
        self.trace_id(field::TRACE_ID, segment);
        self.writer.take()
    }

    /// Writes the id of the segment's trace.
    fn trace_id(&mut self, number: u32, segment: Segment<'_>) {
        match segment.head.trace {
            Trace::Own(key) => self.writer.id(number, key),
            Trace::Foreign { .. } => self.writer.string(number, &self.trace),
        }
    }
}

impl Scratch {
    /// Decodes Base64 as text. Invalid Base64 becomes an empty text. Invalid UTF-8 is replaced
    /// character by character.
    fn decode(&mut self, base64: &str) -> Cow<'_, str> {
        self.bytes.clear();
        base64::decode(base64.as_bytes(), &mut self.bytes);
        std::str::from_utf8(&self.bytes)
            .map_or_else(|_| String::from_utf8_lossy(&self.bytes), Cow::Borrowed)
    }
}

impl Writer {
    /// Writes a field with the text of an id of this process.
    fn id(&mut self, number: u32, key: u64) {
        let since = self.mark();
        self.bytes(id::Tail::of(key).as_str().as_bytes());
        self.bytes(id::process().as_bytes());
        self.close(number, since);
    }
}
