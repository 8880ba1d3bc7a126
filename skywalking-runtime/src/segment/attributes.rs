//! What only some spans have: tags, logs and marks, in lists of side entries, and the text that
//! they point to.

use std::sync::Arc;

use crate::config::policies::Cancelled;
use crate::segment::{Range, Segment, SpanRef, SpanRefKind};
use crate::span::record::Mark;
use crate::span::record::{Attribute, AttributeKind, LeftOut, Record};
use crate::span::tag::Raw;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, TAG_LIMIT};

/// Tags, logs and other side entries of one segment, and their text: what is over is left out and
/// counted, so that a loop that tags one span for ever can't grow without bound.
const ENTRY_LIMIT: usize = 16_384;
pub(super) const TEXT_LIMIT: usize = 1024 * 1024;

impl Segment {
    /// Puts an entry in front of the list that begins at `head`. False, and counted, if the segment
    /// has too many.
    pub(crate) fn push(&mut self, head: &mut u32, mut side: Attribute) -> bool {
        if self.sides.len() >= ENTRY_LIMIT / 2 && !self.has_room_for_entry(side.kind) {
            return false;
        }
        side.next = *head;
        self.sides.push(side);
        #[expect(clippy::cast_possible_truncation, reason = "at most ENTRY_LIMIT")]
        let place = self.sides.len() as u32;
        *head = place;
        true
    }

    /// Beyond half of the limit the segment shall go on in a new part, so that nothing has to be
    /// left out.
    #[cold]
    fn has_room_for_entry(&mut self, kind: AttributeKind) -> bool {
        self.outgrow();
        if self.sides.len() < ENTRY_LIMIT {
            return true;
        }
        let one = match kind {
            AttributeKind::Text
            | AttributeKind::Int
            | AttributeKind::Uint
            | AttributeKind::Bool => LeftOut::TAG,
            AttributeKind::Log => LeftOut::LOG,
            // Once a log was left out, so is every one behind it, with its fields.
            AttributeKind::Field if self.left_out.logs == 0 => LeftOut::LOG_FIELD,
            _ => LeftOut::NOTHING,
        };
        self.refuse(one)
    }

    /// Leaves out an entry; false.
    fn refuse(&mut self, what: LeftOut) -> bool {
        diagnostics::count(Diagnostic::EntryLimit);
        self.limited = true;
        self.left_out.add(what);
        false
    }

    #[cold]
    fn leave_out_tag(&mut self) {
        self.left_out.add(LeftOut::TAG);
    }

    /// What was left out of this segment so far is said on its first span.
    #[cold]
    pub(crate) fn say_what_is_left_out(&mut self) {
        let Some(mut head) = self.records.first().map(|root| root.side) else { return };
        for mut side in self.left_out.sides() {
            side.next = head;
            // A few beyond the limit, and only those.
            self.sides.push(side);
            head = u32::try_from(self.sides.len()).unwrap_or_default();
        }
        if let Some(root) = self.records.first_mut() {
            root.side = head;
        }
    }

    #[cold]
    pub(super) fn has_room_for_text(&mut self, length: usize) -> bool {
        self.outgrow();
        self.text.len() + length <= TEXT_LIMIT || self.refuse(LeftOut::NOTHING)
    }

    /// Puts an entry on the current span, if there is one.
    pub(crate) fn push_current(&mut self, side: Attribute) -> bool {
        let Some(mut head) = self.current_record().map(|record| record.side) else { return false };
        let pushed = self.push(&mut head, side);
        if let Some(record) = self.current_record() {
            record.side = head;
        }
        pushed
    }

    /// Copies text behind the segment's. `None`, and counted, if the segment has too much.
    pub(crate) fn store(&mut self, value: &str) -> Option<Range> {
        if self.text.len() + value.len() > TEXT_LIMIT / 2 && !self.has_room_for_text(value.len()) {
            return None;
        }
        let from = self.text.len();
        self.text.push_str(value);
        Some(self.range(from))
    }

    /// The same of text in pieces, cut at `limit` UTF-16 units.
    pub(crate) fn store_pieces(&mut self, pieces: &[&str], limit: usize) -> Option<Range> {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        // A character has at least as many bytes as UTF-16 units.
        if length > limit {
            return self.store(text::cut(&pieces.concat(), limit));
        }
        if self.text.len() + length > TEXT_LIMIT / 2 && !self.has_room_for_text(length) {
            return None;
        }
        let from = self.text.len();
        self.text.reserve(length);
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            self.text.push_str(piece);
        }
        Some(self.range(from))
    }

    /// The text from `from` on as a range.
    pub(crate) fn range(&self, from: usize) -> Range {
        #[expect(clippy::cast_possible_truncation, reason = "at most TEXT_LIMIT and a header")]
        Range { offset: from as u32, length: self.text.len().saturating_sub(from) as u32 }
    }

    pub(crate) fn text_at(&self, range: Range) -> &str {
        let from = range.offset as usize;
        self.text.get(from..from + range.length as usize).unwrap_or_default()
    }

    /// The text that an entry points to.
    pub(crate) fn text_of(&self, side: &Attribute) -> &str {
        self.text_at(Range { offset: side.a, length: side.b })
    }

    /// A tag for the list at `head`.
    pub(crate) fn tag(&mut self, head: &mut u32, key: &'static str, value: Raw<'_>) {
        let side = match value {
            Raw::Text(text) => {
                let Some(range) = self.store(text::cut(text, TAG_LIMIT)) else {
                    return self.leave_out_tag();
                };
                Attribute::new(key, AttributeKind::Text, range.offset, range.length)
            }
            Raw::Int(number) => Attribute::number(key, AttributeKind::Int, number.cast_unsigned()),
            Raw::Uint(number) => Attribute::number(key, AttributeKind::Uint, number),
            Raw::Bool(truth) => Attribute::new(key, AttributeKind::Bool, u32::from(truth), 0),
        };
        self.push(head, side);
    }

    /// A tag of text in pieces for the list at `head`.
    pub(crate) fn tag_pieces(&mut self, head: &mut u32, key: &'static str, pieces: &[&str]) {
        match self.store_pieces(pieces, TAG_LIMIT) {
            Some(range) => {
                _ = self.push(
                    head,
                    Attribute::new(key, AttributeKind::Text, range.offset, range.length),
                );
            }
            None => self.leave_out_tag(),
        }
    }

    /// Tags for the list at `head`, of what goes along with the trace under the keys that are set
    /// to be tags.
    pub(crate) fn tag_correlation(&mut self, head: &mut u32) {
        if self.tracer.settings.correlation_tags.is_empty() || self.passed.correlation.is_empty() {
            return;
        }
        let tracer = Arc::clone(&self.tracer);
        let correlation = std::mem::take(&mut self.passed.correlation);
        for (key, value) in correlation.among(&tracer.settings.correlation_tags) {
            self.tag(head, key, Raw::Text(value));
        }
        self.passed.correlation = correlation;
    }

    /// A tag for the current span.
    pub(crate) fn tag_current(&mut self, key: &'static str, value: Raw<'_>) {
        self.with_current_list(|segment, head| segment.tag(head, key, value));
    }

    /// Works on the list of the current span, if it is recorded.
    pub(crate) fn with_current_list(&mut self, work: impl FnOnce(&mut Self, &mut u32)) {
        let at = usize::from(self.current.index());
        let Some(mut head) = self.current_record().map(|record| record.side) else { return };
        work(self, &mut head);
        if let Some(record) = self.records.get_mut(at) {
            record.side = head;
        }
    }

    /// Lends the scratch. Whoever is second gets an empty one.
    pub(crate) fn take_scratch(&mut self) -> String {
        std::mem::take(&mut self.scratch)
    }

    /// Takes the scratch back, unless it grew large or there already is one.
    pub(crate) fn return_scratch(&mut self, mut scratch: String) {
        if self.scratch.capacity() == 0 && scratch.capacity() <= 16 * 1024 {
            scratch.clear();
            self.scratch = scratch;
        }
    }

    /// The newest entry of a list that is of the wanted kind.
    pub(crate) fn find(
        &self,
        head: u32,
        wanted: impl Fn(AttributeKind) -> bool,
    ) -> Option<&Attribute> {
        self.list(head).find(|side| wanted(side.kind))
    }

    /// The entries of a list, the newest first. A list only ever points backwards, so it ends.
    pub(crate) fn list(&self, head: u32) -> impl Iterator<Item = &Attribute> {
        let mut at = head;
        std::iter::from_fn(move || {
            let side = self.sides.get((at as usize).checked_sub(1)?)?;
            at = side.next;
            Some(side)
        })
    }

    /// Marks a span as failed or cancelled, with a log that says so.
    pub(crate) fn mark(&mut self, opened: SpanRef, mark: Mark) {
        self.mark_at(opened, mark, clock::now());
    }

    /// The same at this stamp.
    pub(crate) fn mark_at(&mut self, opened: SpanRef, mark: Mark, at: u64) {
        let (index, level) = match opened.which() {
            SpanRefKind::Recorded(index) => (index, 0),
            SpanRefKind::Merged(index, level) => (index, level),
            SpanRefKind::Overflow(..) => return,
        };
        let Some(record) = self.records.get_mut(usize::from(index)) else { return };
        // Spans that are one see the same end, and the innermost tells of a panic; of the drop of
        // all of them, the outermost.
        if mark == Mark::Panicked && record.is(Record::PANIC_TOLD)
            || mark == Mark::Cancelled && level > 0 && record.is(Record::DROPPING)
        {
            return;
        }
        if mark == Mark::Panicked && level > 0 {
            record.flags |= Record::PANIC_TOLD;
        }
        if mark == Mark::Panicked || self.tracer.settings.cancelled == Cancelled::Error {
            record.flags |= Record::ERROR;
        }
        let mut head = record.side;
        self.push(&mut head, Attribute::number("", AttributeKind::Log, at));
        match mark {
            Mark::Panicked => {
                self.field(&mut head, "event", "error");
                self.field(&mut head, "error.kind", "panic");
                self.panic_fields(&mut head);
            }
            Mark::Cancelled => self.field(&mut head, "event", "cancelled"),
        }
        if let Some(record) = self.records.get_mut(usize::from(index)) {
            record.side = head;
            // A span that was one with it outlived it: what that says is within its time.
            if !record.is_unended() {
                record.end = record.end.max(at);
            }
        }
    }

    /// A field of the log begun last in the list at `head`.
    pub(crate) fn field(&mut self, head: &mut u32, key: &'static str, value: &str) {
        match self.store(value) {
            Some(range) => {
                _ = self.push(
                    head,
                    Attribute::new(key, AttributeKind::Field, range.offset, range.length),
                );
            }
            None => self.left_out.add(LeftOut::LOG_FIELD),
        }
    }
}
