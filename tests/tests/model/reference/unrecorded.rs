//! Spans over the limit of a segment. The model tracks them like other spans, but does not record
//! them.

use skywalking_runtime::stats::Diagnostic;

use super::{LEVELS, Model, OpenedSpan, Place};

/// A span that is not recorded.
#[derive(Debug)]
pub(super) struct Unrecorded {
    /// The nearest recorded ancestor, and its level.
    number: usize,
    level: u16,
    /// The parent, if it is not recorded either.
    outer: Option<usize>,
    pub(super) is_open: bool,
    kind: &'static str,
    /// The level at which it merges with the parent, or 0.
    level_of_outer: u16,
    /// True while a merged span is open.
    has_merged: bool,
    /// The peer if it is an exit, otherwise empty.
    pub(super) peer: &'static str,
}

impl OpenedSpan {
    /// Returns the place after a span that was opened at `before`. A recorded span below unrecorded
    /// ones leads to their recorded ancestor.
    pub(crate) fn around(&self, before: Place) -> Place {
        match (self.place, before) {
            (Place::Span { .. }, Place::Unrecorded { number, level, .. }) if !self.is_root => {
                Place::Span { number, level }
            }
            _ => before,
        }
    }
}

impl Model {
    /// Returns the place of the span now.
    pub(super) fn place_of_unrecorded(&self, over: usize) -> Place {
        let Unrecorded { number, level, .. } = self.unrecorded[over];
        Place::Unrecorded { number: self.latest(number), level, over }
    }

    /// A segment continues in a new part. Only open spans among the recorded ancestors continue.
    pub(super) fn lift(&mut self, segment: usize) {
        for over in 0..self.unrecorded.len() {
            let Unrecorded { number, level, .. } = self.unrecorded[over];
            if self.spans[number].segment == segment
                && let Place::Span { number, level } =
                    self.nearest_open(Place::Span { number, level })
            {
                (self.unrecorded[over].number, self.unrecorded[over].level) = (number, level);
            }
        }
    }

    /// Opens an unrecorded span at this place, below this span.
    pub(super) fn over(
        &mut self,
        kind: &'static str,
        number: usize,
        level: u16,
        there: Place,
    ) -> Place {
        let outer = if let Place::Unrecorded { over, .. } = there { Some(over) } else { None };
        let merges = outer.filter(|outer| self.unrecorded_merges(*outer, kind));
        let mut over = Unrecorded {
            number,
            level,
            outer,
            is_open: true,
            kind,
            level_of_outer: 0,
            has_merged: false,
            peer: "",
        };
        if let Some(outer) = merges {
            let outer = &mut self.unrecorded[outer];
            outer.has_merged = true;
            over.level_of_outer = outer.level_of_outer + 1;
        } else {
            let segment = self.spans[number].segment;
            self.count(Diagnostic::SpanLimit);
            self.part(segment).left_out += 1;
        }
        self.unrecorded.push(over);
        Place::Unrecorded { number, level, over: self.unrecorded.len() - 1 }
    }

    /// Returns true if a span of this kind merges with the outer one, by the rule of recorded
    /// spans.
    fn unrecorded_merges(&self, outer: usize, kind: &str) -> bool {
        let outer = &self.unrecorded[outer];
        kind != "Local"
            && outer.kind == kind
            && outer.is_open
            && !outer.has_merged
            && outer.level_of_outer < LEVELS
    }

    /// Ends an unrecorded span.
    pub(super) fn close_unrecorded(&mut self, over: usize) {
        if !std::mem::take(&mut self.unrecorded[over].is_open)
            || self.unrecorded[over].level_of_outer == 0
        {
            return;
        }
        if let Some(outer) = self.unrecorded[over].outer {
            self.unrecorded[outer].has_merged = false;
        }
    }

    /// Returns the nearest open span, from this one outwards.
    pub(super) fn nearest_unrecorded(&self, over: usize) -> Option<usize> {
        let mut at = Some(over);
        while let Some(over) = at.filter(|over| !self.unrecorded[*over].is_open) {
            at = self.unrecorded[over].outer;
        }
        at
    }
}
