//! Suspends, resumes and ends spans: by steps, in any order, by panics and by drops.

use skywalking_runtime::stats::Diagnostic;

use super::{Model, OpenedSpan, Pairs, Place, StoredSnapshot};

impl Model {
    /// Enters a span. Returns true if it has to continue in a new segment under this name, because
    /// the place is a different one.
    pub(crate) fn enter(&mut self, own: &mut OpenedSpan, name: &str) -> bool {
        if own.is_root {
            self.split_if_due(own.place);
        }
        if own.is_root || self.segment_of(self.now) == self.segment_of(own.place) {
            self.enter_here(own);
            return false;
        }
        let nothing =
            || StoredSnapshot { place: own.place, endpoint: String::new(), pairs: Pairs::new() };
        let first = own.first.take().unwrap_or_else(nothing);
        let from = first.place;
        *own = self.open_elsewhere(first, name);
        if let Place::Span { number, .. } | Place::Unrecorded { number, .. } = from {
            let began = self.spans[number].began;
            let peer = match from {
                Place::Unrecorded { over, .. } => self.unrecorded[over].peer,
                _ => self.spans[number].peer,
            };
            if let Some(span) = self.at(own.place) {
                (span.began, span.is_counted, span.peer) = (began, began == "Entry", peer);
            }
        }
        true
    }

    fn enter_here(&mut self, own: &mut OpenedSpan) {
        own.place = match own.place {
            Place::Unrecorded { over, .. } => self.place_of_unrecorded(over),
            place => self.now_at(place),
        };
        let is_reported =
            matches!(own.place, Place::Span { number, .. } if self.spans[number].is_reported);
        // A span that merged with a reported one continues around its successor.
        self.now = if is_reported { self.nearest_open(own.place) } else { own.place };
    }

    /// Leaves a span, which is suspended or over. `before` is the place where it was entered.
    pub(crate) fn leave(&mut self, own: &mut OpenedSpan, before: Place, is_over: bool) {
        if is_over {
            self.close(own.place);
            if !own.is_root {
                self.split_if_due(own.place);
            }
        } else if own.first.is_none() {
            own.place = self.now_at(own.place);
            own.first = Some(self.kept_at(own.place));
        }
        self.now = if own.is_root { before } else { self.nearest_open(before) };
    }

    pub(crate) fn close(&mut self, place: Place) {
        let (number, level) = match place {
            Place::Nowhere | Place::LeftOut { .. } => return,
            Place::Span { number, level } => (self.latest(number), level),
            Place::Unrecorded { over, .. } => {
                return self.close_unrecorded(over);
            }
        };
        let span = &mut self.spans[number];
        if level == 0 {
            span.is_open = false;
        } else {
            span.levels = span.levels.saturating_sub(1);
        }
    }

    /// Returns the place itself if its span is open, otherwise that of the nearest open ancestor.
    pub(super) fn nearest_open(&self, place: Place) -> Place {
        let (mut number, mut level, over) = match place {
            Place::Span { number, level } => (number, level, None),
            Place::Unrecorded { number, level, over } => {
                (number, level, self.nearest_unrecorded(over))
            }
            other => return other,
        };
        number = self.latest(number);
        while !self.spans[number].is_open {
            let Some(parent) = self.spans[number].parent else { return Place::Nowhere };
            (number, level) = (self.latest(parent), self.spans[number].parent_level);
        }
        let level = level.min(self.spans[number].levels);
        match over {
            Some(over) => Place::Unrecorded { number, level, over },
            None => Place::Span { number, level },
        }
    }

    /// Drops one of several guards, not always the innermost one.
    pub(crate) fn drop_guard(&mut self, own: &OpenedSpan) {
        self.close(own.place);
        let ended = self.now_at(own.place);
        let is_current = match (&mut self.now, ended) {
            (Place::Unrecorded { over, .. }, Place::Unrecorded { over: ended, .. }) => {
                *over == ended
            }
            (
                Place::Span { number, level } | Place::Unrecorded { number, level, .. },
                Place::Span { number: ended, level: at },
            ) => {
                if *number == ended && at > 0 {
                    *level = (*level).min(at - 1);
                }
                *number == ended
            }
            _ => false,
        };
        if is_current {
            self.now = self.nearest_open(self.now);
        }
        self.split_if_due(own.place);
    }

    /// Starts a panic here.
    pub(crate) fn panic(&mut self) {
        self.panics += 1;
    }

    /// The panic unwinds through the span.
    pub(crate) fn panicked(&mut self, own: &mut OpenedSpan, before: Place) {
        let panics = self.panics;
        if let Place::Span { level, .. } = own.place
            && let Some(span) = self.at(own.place).filter(|span| span.last_panic != panics)
        {
            span.is_error = true;
            span.logs.push("error");
            if level > 0 {
                span.last_panic = panics;
            }
        }
        self.leave(own, before, true);
    }

    /// Starts dropping an unfinished span. Returns false if the place is a different one. Then the
    /// span is lost.
    pub(crate) fn begin_drop(&mut self, own: &mut OpenedSpan) -> bool {
        if let (Place::LeftOut { .. }, false) = (own.place, own.is_root) {
            return false;
        }
        if !own.is_root && self.segment_of(self.now) != self.segment_of(own.place) {
            self.count(Diagnostic::DroppedElsewhere);
            return false;
        }
        self.enter_here(own);
        if let Place::Span { level: 0, .. } = own.place
            && let Some(span) = self.at(own.place)
        {
            span.is_dropping = true;
        }
        true
    }

    /// Ends the dropped span as cancelled.
    pub(crate) fn cancelled(&mut self, own: &mut OpenedSpan, before: Place) {
        if let Place::Span { level, .. } = own.place
            && let Some(span) = self.at(own.place).filter(|span| level == 0 || !span.is_dropping)
        {
            span.logs.push("cancelled");
        }
        self.leave(own, before, true);
    }
}
