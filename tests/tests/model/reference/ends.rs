//! How spans are put aside, taken up again and ended: in turns, in any order, by panics and by
//! drops.

use skywalking_runtime::stats::Diagnostic;

use super::{Kept, Model, Own, Pairs, Place};

impl Model {
    /// Work on what was opened goes on. True if it must go on in a segment of its own, under this
    /// name: it finds itself elsewhere.
    pub(crate) fn enter(&mut self, own: &mut Own, name: &str) -> bool {
        if own.is_root {
            self.split_if_due(own.place);
        }
        if own.is_root || self.segment_of(self.now) == self.segment_of(own.place) {
            self.enter_here(own);
            return false;
        }
        let nothing = || Kept { place: own.place, endpoint: String::new(), pairs: Pairs::new() };
        let first = own.first.take().unwrap_or_else(nothing);
        let from = first.place;
        *own = self.open_elsewhere(first, name);
        if let Place::Span { number, .. } | Place::Over { number, .. } = from {
            let began = self.spans[number].began;
            if let Some(span) = self.at(own.place) {
                (span.began, span.is_counted) = (began, began == "Entry");
            }
        }
        true
    }

    fn enter_here(&mut self, own: &mut Own) {
        own.place = match own.place {
            Place::Over { over, .. } => self.place_of_over(over),
            place => self.now_at(place),
        };
        let is_told = matches!(own.place, Place::Span { number, .. } if self.spans[number].is_told);
        // What is one with a span that was told goes on around that.
        self.now = if is_told { self.nearest_open(own.place) } else { own.place };
    }

    /// Work on what was opened is put aside, or over; `before` is where one was when it began.
    pub(crate) fn leave(&mut self, own: &mut Own, before: Place, is_over: bool) {
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
            Place::Over { over, .. } => {
                return self.close_over(over);
            }
        };
        let span = &mut self.spans[number];
        if level == 0 {
            span.is_open = false;
        } else {
            span.levels = span.levels.saturating_sub(1);
        }
    }

    /// The place itself if its span is open, else that of the nearest ancestor.
    pub(super) fn nearest_open(&self, place: Place) -> Place {
        let (mut number, mut level, over) = match place {
            Place::Span { number, level } => (number, level, None),
            Place::Over { number, level, over } => (number, level, self.nearest_over(over)),
            other => return other,
        };
        number = self.latest(number);
        while !self.spans[number].is_open {
            let Some(parent) = self.spans[number].parent else { return Place::Nowhere };
            (number, level) = (self.latest(parent), self.spans[number].parent_level);
        }
        let level = level.min(self.spans[number].levels);
        match over {
            Some(over) => Place::Over { number, level, over },
            None => Place::Span { number, level },
        }
    }

    /// A guard of several drops, not always the innermost one.
    pub(crate) fn drop_guard(&mut self, own: &Own) {
        self.close(own.place);
        let ended = self.now_at(own.place);
        let is_current = match (&mut self.now, ended) {
            (Place::Over { over, .. }, Place::Over { over: ended, .. }) => *over == ended,
            (
                Place::Span { number, level } | Place::Over { number, level, .. },
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

    /// A panic begins here.
    pub(crate) fn panic(&mut self) {
        self.panics += 1;
    }

    /// It goes through the span that was opened as this.
    pub(crate) fn panicked(&mut self, own: &mut Own, before: Place) {
        let panics = self.panics;
        if let Place::Span { level, .. } = own.place
            && let Some(span) = self.at(own.place).filter(|span| span.panic_told != panics)
        {
            span.is_error = true;
            span.logs.push("error");
            if level > 0 {
                span.panic_told = panics;
            }
        }
        self.leave(own, before, true);
    }

    /// What was opened is about to be dropped unfinished. False if it is elsewhere: then it is
    /// lost.
    pub(crate) fn begin_drop(&mut self, own: &mut Own) -> bool {
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

    /// It has been dropped.
    pub(crate) fn cancelled(&mut self, own: &mut Own, before: Place) {
        if let Place::Span { level, .. } = own.place
            && let Some(span) = self.at(own.place).filter(|span| level == 0 || !span.is_dropping)
        {
            span.logs.push("cancelled");
        }
        self.leave(own, before, true);
    }
}
