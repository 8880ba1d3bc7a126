//! Segments that have grown too large or too old, and go on in a new part.

use super::{Model, Part, Place, Ref};

impl Model {
    /// The span that goes on for this one now.
    pub(super) fn latest(&self, mut number: usize) -> usize {
        while let Some(next) = self.spans[number].goes_on {
            number = next;
        }
        number
    }

    /// The same place in the newest part of its segment.
    pub(super) fn now_at(&self, place: Place) -> Place {
        match place {
            Place::Span { number, level } => Place::Span { number: self.latest(number), level },
            Place::Over { number, level, over } => {
                Place::Over { number: self.latest(number), level, over }
            }
            other => other,
        }
    }

    /// More is said here than half of what a segment takes. False if it is not to be.
    pub(crate) fn may_outgrow(&self) -> bool {
        let Place::Span { number, .. } = self.now else { return false };
        !self.segments[self.spans[number].segment].is_due
    }

    pub(crate) fn outgrow(&mut self) {
        if let Some(segment) = self.segment_of(self.now) {
            self.segments[segment].is_due = true;
        }
    }

    /// All that is open is too old.
    pub(crate) fn grow_old(&mut self) {
        for segment in &mut self.segments {
            let root = segment.parts.last().and_then(|part| part.places.first().copied().flatten());
            segment.is_due |= root.is_some_and(|root| self.spans[root].is_open);
        }
    }

    /// What is recorded leaves, and its open spans go on as Local ones in the same places of a new
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
        // Who is one with a span that has ended, and has not, finds its place.
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
            self.spans[number].is_told = true;
        }
        let part = self.segments[segment].parts.len();
        let go_on = |number: &mut usize| {
            let goes_on = self.spans[*number].is_open.then(|| self.go_on_for(*number, part));
            *number = goes_on.unwrap_or(*number);
            goes_on
        };
        let places: Vec<Option<usize>> = holders.iter_mut().map(go_on).collect();
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
        let entry = entry.and_then(|entry| self.spans[entry].goes_on);
        self.segments[segment].parts.push(Part { places, holders, entry, left_out: 0 });
        self.segments[segment].is_due = false;
        if self.segment_of(self.now) == Some(segment) {
            self.now = self.nearest_open(self.now);
        }
    }

    /// The span in the new part.
    fn go_on_for(&mut self, number: usize, part: usize) -> usize {
        let next = self.spans.len();
        let mut span = self.spans[number].clone();
        if let Some(parent) = span.parent
            && let Place::Span { number, level } =
                self.nearest_open(Place::Span { number: parent, level: span.parent_level })
        {
            (span.parent, span.parent_level) = (Some(number), level);
        }
        (span.kind, span.peer, span.part, span.is_told, span.handle) =
            ("Local", "", part, false, None);
        (span.is_error, span.is_counted, span.panic_told) = (false, false, 0);
        span.refs.clear();
        span.tags.clear();
        span.logs.clear();
        self.spans.push(span);
        self.spans[number].goes_on = Some(next);
        next
    }
}
