//! What only some spans have: tags, logs and marks, as lists of attributes.

use crate::segment::Segment;
use crate::span::layer::SpanLayer;
use crate::span::record::{Attribute, AttributeKind, LeftOut};
use crate::span::tag::Raw;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, TAG_LIMIT};

/// The most attributes of one segment. More are left out and counted, so that a loop that tags one
/// span forever cannot use unbounded memory.
const ATTRIBUTE_LIMIT: usize = 16_384;

impl Segment {
    /// Adds an attribute to the list at `head`. Returns false, and counts, if the segment has too
    /// many.
    pub(super) fn push(&mut self, head: &mut u32, mut side: Attribute) -> bool {
        if self.sides.len() >= ATTRIBUTE_LIMIT / 2 && !self.fits_attribute(side.kind) {
            return false;
        }
        side.next = *head;
        self.sides.push(side);
        #[expect(clippy::cast_possible_truncation, reason = "at most ATTRIBUTE_LIMIT")]
        let place = self.sides.len() as u32;
        *head = place;
        true
    }

    /// Beyond half of the limit the segment is split soon, so that nothing has to be left out.
    #[cold]
    fn fits_attribute(&mut self, kind: AttributeKind) -> bool {
        self.outgrow();
        if self.sides.len() < ATTRIBUTE_LIMIT {
            return true;
        }
        let one = match kind {
            AttributeKind::Text
            | AttributeKind::Int
            | AttributeKind::Uint
            | AttributeKind::Bool => LeftOut::TAG,
            AttributeKind::Log => LeftOut::LOG,
            // If a log was left out, the fields that follow belong to logs that were left out.
            AttributeKind::Field if self.left_out.logs == 0 => LeftOut::LOG_FIELD,
            _ => LeftOut::NOTHING,
        };
        self.refuse(one)
    }

    /// Counts what is left out. Always returns false.
    pub(super) fn refuse(&mut self, what: LeftOut) -> bool {
        diagnostics::count(Diagnostic::EntryLimit);
        self.limited = true;
        self.left_out.add(what);
        false
    }

    #[cold]
    fn leave_out_tag(&mut self) {
        self.left_out.add(LeftOut::TAG);
    }

    /// Adds the counts of what was left out to the first span.
    #[cold]
    pub(super) fn attach_left_out(&mut self) {
        let Some(mut head) = self.records.first().map(|root| root.side) else { return };
        for mut side in self.left_out.sides() {
            side.next = head;
            // These few may exceed the limit.
            self.sides.push(side);
            head = u32::try_from(self.sides.len()).unwrap_or_default();
        }
        if let Some(root) = self.records.first_mut() {
            root.side = head;
        }
    }

    /// Calls `work` with the list of the current span, if it is recorded.
    pub(crate) fn with_current_list(&mut self, work: impl FnOnce(&mut Self, &mut u32)) {
        let at = usize::from(self.current.index());
        let Some(mut head) = self.current_record().map(|record| record.side) else { return };
        work(self, &mut head);
        if let Some(record) = self.records.get_mut(at) {
            record.side = head;
        }
    }

    /// Adds a tag to the list at `head`.
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

    /// Adds a tag of text in parts to the list at `head`.
    pub(crate) fn tag_parts(&mut self, head: &mut u32, key: &'static str, parts: &[&str]) {
        match self.store_parts(parts, TAG_LIMIT) {
            Some(range) => {
                _ = self.push(
                    head,
                    Attribute::new(key, AttributeKind::Text, range.offset, range.length),
                );
            }
            None => self.leave_out_tag(),
        }
    }

    /// Adds a tag to the current span.
    pub(crate) fn tag_current(&mut self, key: &'static str, value: Raw<'_>) {
        self.with_current_list(|segment, head| segment.tag(head, key, value));
    }

    /// Returns true if the list at `head` has a text tag with this key.
    pub(crate) fn has_text_tag(&self, head: u32, key: &str) -> bool {
        self.list(head).any(|side| side.kind == AttributeKind::Text && side.key == key)
    }

    /// Sets a number tag of the list at `head`. `place` is where an earlier call stored it, or 0.
    /// Returns where it is now.
    pub(crate) fn set_number_tag(
        &mut self,
        head: &mut u32,
        place: u32,
        key: &'static str,
        number: u64,
    ) -> u32 {
        let new = Attribute::number(key, AttributeKind::Uint, number);
        let stored = (place as usize).checked_sub(1).and_then(|at| self.sides.get_mut(at));
        if let Some(side) = stored.filter(|side| side.key == key) {
            *side = Attribute { next: side.next, ..new };
        } else if self.push(head, new) {
            return *head;
        }
        place
    }

    /// Adds a component id to the list at `head`.
    pub(crate) fn component(&mut self, head: &mut u32, component: i32) {
        let component = component.cast_unsigned();
        self.push(head, Attribute::new("", AttributeKind::Component, component, 0));
    }

    /// Adds a layer to the list at `head`.
    pub(crate) fn layer(&mut self, head: &mut u32, layer: SpanLayer) {
        self.push(head, Attribute::new("", AttributeKind::Layer, layer as u32, 0));
    }

    /// Overrides the component of the current span.
    pub(crate) fn set_component(&mut self, component: i32) {
        self.with_current_list(|segment, head| segment.component(head, component));
    }

    /// Overrides the layer of the current span.
    pub(crate) fn set_layer(&mut self, layer: SpanLayer) {
        self.with_current_list(|segment, head| segment.layer(head, layer));
    }

    /// Begins a log in the list at `head`, with the current time.
    pub(crate) fn log(&mut self, head: &mut u32) {
        self.log_at(head, clock::now());
    }

    /// Begins a log in the list at `head`, with this time.
    pub(crate) fn log_at(&mut self, head: &mut u32, at: u64) {
        self.push(head, Attribute::number("", AttributeKind::Log, at));
    }

    /// Adds a field to the log begun last in the list at `head`.
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

    /// Returns the newest attribute of a list whose kind is wanted.
    pub(super) fn find(
        &self,
        head: u32,
        wanted: impl Fn(AttributeKind) -> bool,
    ) -> Option<&Attribute> {
        self.list(head).find(|side| wanted(side.kind))
    }

    /// Returns the attributes of a list, the newest first. Each one refers to an older one, so the
    /// list ends.
    pub(super) fn list(&self, head: u32) -> impl Iterator<Item = &Attribute> {
        let mut at = head;
        std::iter::from_fn(move || {
            let side = self.sides.get((at as usize).checked_sub(1)?)?;
            at = side.next;
            Some(side)
        })
    }
}
