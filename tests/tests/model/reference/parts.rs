//! Segments that have grown too large or too old, and continue in a new part.

use super::{Model, Part, Place, Ref};

impl Model {
    /// Returns the span that continues this one.
    pub(super) fn latest(&self, mut number: usize) -> usize {
        while let Some(next) = self.spans[number].continued_by {
            number = next;
        }
        number
    }

    /// Returns the same place in the newest part of its segment.
    pub(super) fn now_at(&self, place: Place) -> Place {
        match place {
            Place::Span { number, level } => Place::Span { number: self.latest(number), level },
            Place::Unrecorded { number, level, over } => {
                Place::Unrecorded { number: self.latest(number), level, over }
            }
            other => other,
        }
    }

    /// Returns whether more than half of a segment's maximum entries may be added here.
    pub(crate) fn may_outgrow(&self) -> bool {
        let Place::Span { number, .. } = self.now else { return false };
        !self.segments[self.spans[number].segment].is_due
    }

    pub(crate) fn outgrow(&mut self) {
        if let Some(segment) = self.segment_of(self.now) {
            self.segments[segment].is_due = true;
        }
    }

    /// Makes all open segments too old.
    pub(crate) fn grow_old(&mut self) {
        for segment in &mut self.segments {
            let root = segment.parts.last().and_then(|part| part.places.first().copied().flatten());
            segment.is_due |= root.is_some_and(|root| self.spans[root].is_open);
        }
    }

    /// Reports the recorded spans. Open ones continue as Local spans at the same places of a new
    /// part.
    pub(super) fn split_if_due(&mut self, place: Place) {
        let Some(segment) = self.segment_of(place).filter(|segment| self.segments[*segment].is_due)
        else {
            return;
        };
        let endpoint = self.endpoint(place);
        self.lift(segment);
        let Some(before) = self.segments[segment].parts.last() else { return };
        let entry = before.entry.or(self.first_entry(before));
        let mut holders = before.holders.clone();
        // A span that merged with an ended one, and is open itself, takes its place.
        let last = holders
            .iter()
            .rposition(|number| self.spans[*number].is_open || self.spans[*number].levels > 0);
        holders.truncate(last.map_or(0, |last| last + 1));
        for number in self.segments[segment]
            .parts
            .last()
            .into_iter()
            .flat_map(|part| part.places.clone())
            .flatten()
        {
            self.spans[number].is_reported = true;
        }
        let part = self.segments[segment].parts.len();
        let continue_from = |number: &mut usize| {
            let continued_by =
                self.spans[*number].is_open.then(|| self.continue_span(*number, part));
            *number = continued_by.unwrap_or(*number);
            continued_by
        };
        let places: Vec<Option<usize>> = holders.iter_mut().map(continue_from).collect();
        if let Some(Some(first)) = places.first().copied()
            && let Some(number) = self.segments[segment].parts[part - 1].places[0]
        {
            self.spans[first].is_counted = true;
            self.spans[first].refs.push(Ref {
                kind: "CrossThread",
                number,
                endpoint,
                peer: String::new(),
            });
        }
        let entry = entry.and_then(|entry| self.spans[entry].continued_by);
        self.segments[segment].parts.push(Part { places, holders, entry, left_out: 0 });
        self.segments[segment].is_due = false;
        if self.segment_of(self.now) == Some(segment) {
            self.now = self.nearest_open(self.now);
        }
    }

    /// Opens the span in the new part.
    fn continue_span(&mut self, number: usize, part: usize) -> usize {
        let next = self.spans.len();
        let mut span = self.spans[number].clone();
        if let Some(parent) = span.parent
            && let Place::Span { number, level } =
                self.nearest_open(Place::Span { number: parent, level: span.parent_level })
        {
            (span.parent, span.parent_level) = (Some(number), level);
        }
        (span.kind, span.part, span.is_reported, span.handle) = ("Local", part, false, None);
        (span.is_error, span.is_counted, span.last_panic) = (false, false, 0);
        span.refs.clear();
        span.tags.clear();
        span.logs.clear();
        self.spans.push(span);
        self.spans[number].continued_by = Some(next);
        next
    }
}
