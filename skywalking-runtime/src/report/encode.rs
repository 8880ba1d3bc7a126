//! A finished segment's records to the bytes of a `SegmentObject`, in one pass from the last field
//! to the first.
//!
//! The bytes are those that prost writes for the same message: fields ascend, defaults are left
//! out. What is missing or contradictory in the records becomes something that the backend takes;
//! nothing here fails, panics or loops. Where segments come from is `drain`'s business, where the
//! bytes go the worker's.
//!
//! Rules that are decided here and nowhere else:
//! * a span that is still open ends with its segment and gets the tag `unfinished=true`;
//! * no span ends before it starts, none starts before its parent;
//! * of tags with one key the last one counts and stands where it was set last: an OAP loses
//!   segments with two (`docs/protocol.md#silent-data-loss`);
//! * an Exit span without an address calls `unknown`: without one the backend draws no call; a span
//!   without a name is `unnamed`, and so is a tag or a field of a log without a key; what consists
//!   of blanks is none;
//! * of more than 300 logs of a span the first 299 and the last one are told: what was said last is
//!   most often why it failed.

mod component;
#[cfg(test)]
mod golden;
#[cfg(all(test, feature = "report-http"))]
mod json;
mod reference;
mod sides;
mod span;
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

/// Numbers of the fields of a `SegmentObject`.
mod field {
    pub(super) const TRACE_ID: u32 = 1;
    pub(super) const SEGMENT_ID: u32 = 2;
    pub(super) const SPANS: u32 = 3;
    pub(super) const SERVICE: u32 = 4;
    pub(super) const INSTANCE: u32 = 5;
    pub(super) const IS_SIZE_LIMITED: u32 = 6;
}

/// A finished segment, as slices of the load that it lies in. Places in it count from the beginning
/// of its own slices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) head: &'a SegmentHeader,
    pub(crate) records: &'a [Record],
    pub(crate) sides: &'a [Attribute],
    pub(crate) text: &'a str,
}

impl<'a> Segment<'a> {
    /// The text of an entry; empty if it points nowhere.
    fn text_of(&self, side: &Attribute) -> &'a str {
        self.text_at(side.a, side.b)
    }

    fn text_at(&self, offset: u32, length: u32) -> &'a str {
        let from = offset as usize;
        from.checked_add(length as usize).and_then(|to| self.text.get(from..to)).unwrap_or_default()
    }

    /// True if the span at this place was told with an earlier part of its segment.
    fn is_told(&self, place: usize) -> bool {
        place > 0 && self.records.get(place).is_some_and(|record| record.is(Record::HANDED_OVER))
    }

    /// The place of a span's parent. Only spans that were there before can be parents, and are told
    /// here.
    fn parent_of(&self, place: usize) -> Option<usize> {
        let mut at = place;
        loop {
            let parent = self
                .records
                .get(at)
                .map(|record| record.parent)
                .filter(|parent| *parent != NONE)?;
            at = Some(usize::from(parent)).filter(|parent| *parent < at)?;
            if !self.is_told(at) {
                return Some(at);
            }
        }
    }

    /// The id of its trace as a header gave it.
    fn foreign_trace(&self) -> Option<&'a str> {
        match self.head.trace {
            Trace::Own(_) => None,
            Trace::Foreign { offset, length } => Some(self.text_at(offset, length)),
        }
    }
}

/// Encodes segments of one process, one after the other.
#[derive(Debug)]
pub(crate) struct Encoder {
    identity: Identity,
    /// The fields that all segments have alike: service and instance.
    tail: Bytes,
    writer: Writer,
    /// The start of each span of the segment at hand, in milliseconds.
    starts: Vec<i64>,
    /// The id of its trace, where that came from another process: its first reference says it too.
    trace: String,
    caller: Caller,
    scratch: Scratch,
    hook: Hook,
    /// Of the segment at hand: its texts leave as they are.
    texts_unchanged: bool,
    /// Of the segment at hand: logs of its spans that are over the limit.
    logs_left_out: usize,
}

/// A buffer that is used again and again.
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

    /// The bytes of the segment's `SegmentObject`. None if the program's redaction panicked.
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
            // What was written of it so far.
            self.writer.take();
        }
        encoded
    }

    /// The bytes of the segment's `SegmentObject`.
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
        for place in (0..segment.records.len()).rev().filter(|place| !segment.is_told(*place)) {
            let since = self.writer.mark();
            self.span(segment, place, clock);
            self.writer.close(field::SPANS, since);
        }
        self.writer.id(field::SEGMENT_ID, segment.head.id);
        self.trace_id(field::TRACE_ID, segment);
        self.writer.take()
    }

    /// The id of the segment's trace.
    fn trace_id(&mut self, number: u32, segment: Segment<'_>) {
        match segment.head.trace {
            Trace::Own(key) => self.writer.id(number, key),
            Trace::Foreign { .. } => self.writer.string(number, &self.trace),
        }
    }
}

impl Scratch {
    /// Base64 to text. What is no Base64 is empty; what is no text is replaced character by
    /// character.
    fn decode(&mut self, base64: &str) -> Cow<'_, str> {
        self.bytes.clear();
        base64::decode(base64.as_bytes(), &mut self.bytes);
        std::str::from_utf8(&self.bytes)
            .map_or_else(|_| String::from_utf8_lossy(&self.bytes), Cow::Borrowed)
    }
}

impl Writer {
    /// A field with the text of an id of this process.
    fn id(&mut self, number: u32, key: u64) {
        let since = self.mark();
        self.bytes(id::Tail::of(key).as_str().as_bytes());
        self.bytes(id::process().as_bytes());
        self.close(number, since);
    }
}
