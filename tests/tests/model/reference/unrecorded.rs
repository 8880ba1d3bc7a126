//! Spans that find no room in a full segment. They are told apart as others are; only nothing is
//! said of them.

use skywalking_runtime::stats::Diagnostic;

use super::{LEVELS, Model, Own, Place};

/// A span that is not recorded.
#[derive(Debug)]
pub(super) struct Over {
    /// The recorded one around it, and at which of its levels.
    number: usize,
    level: u16,
    /// The one around it that isn't either.
    outer: Option<usize>,
    pub(super) is_open: bool,
    kind: &'static str,
    /// At which level it is one with the outer one, or 0.
    level_of_outer: u16,
    /// One that is one with it is open.
    has_merged: bool,
    /// Whom it calls; nobody, unless it is an exit.
    pub(super) peer: &'static str,
}

impl Own {
    /// Where one is when it has ended as it began: behind one that found room below those that
    /// found none, they are not told from the recorded one around them any more.
    pub(crate) fn around(&self, before: Place) -> Place {
        match (self.place, before) {
            (Place::Span { .. }, Place::Over { number, level, .. }) if !self.is_root => {
                Place::Span { number, level }
            }
            _ => before,
        }
    }
}

impl Model {
    /// Where work on it goes on.
    pub(super) fn place_of_over(&self, over: usize) -> Place {
        let Over { number, level, .. } = self.overs[over];
        Place::Over { number: self.latest(number), level, over }
    }

    /// A segment goes on in a new part: of those around them that are recorded only the ones that
    /// are open come along.
    pub(super) fn lift(&mut self, segment: usize) {
        for over in 0..self.overs.len() {
            let Over { number, level, .. } = self.overs[over];
            if self.spans[number].segment == segment
                && let Place::Span { number, level } =
                    self.nearest_open(Place::Span { number, level })
            {
                (self.overs[over].number, self.overs[over].level) = (number, level);
            }
        }
    }

    /// A span that is not recorded opens there, below this span.
    pub(super) fn over(
        &mut self,
        kind: &'static str,
        number: usize,
        level: u16,
        there: Place,
    ) -> Place {
        let outer = if let Place::Over { over, .. } = there { Some(over) } else { None };
        let merges = outer.filter(|outer| self.over_merges(*outer, kind));
        let mut over = Over {
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
            let outer = &mut self.overs[outer];
            outer.has_merged = true;
            over.level_of_outer = outer.level_of_outer + 1;
        } else {
            let segment = self.spans[number].segment;
            self.count(Diagnostic::SpanLimit);
            self.part(segment).left_out += 1;
        }
        self.overs.push(over);
        Place::Over { number, level, over: self.overs.len() - 1 }
    }

    /// A span of this kind is one with the one around it, by the rule of those that are recorded.
    fn over_merges(&self, outer: usize, kind: &str) -> bool {
        let outer = &self.overs[outer];
        kind != "Local"
            && outer.kind == kind
            && outer.is_open
            && !outer.has_merged
            && outer.level_of_outer < LEVELS
    }

    /// One that was not recorded ends.
    pub(super) fn close_over(&mut self, over: usize) {
        if !std::mem::take(&mut self.overs[over].is_open) || self.overs[over].level_of_outer == 0 {
            return;
        }
        if let Some(outer) = self.overs[over].outer {
            self.overs[outer].has_merged = false;
        }
    }

    /// The nearest one that is open, from this one on outwards.
    pub(super) fn nearest_over(&self, over: usize) -> Option<usize> {
        let mut at = Some(over);
        while let Some(over) = at.filter(|over| !self.overs[*over].is_open) {
            at = self.overs[over].outer;
        }
        at
    }
}
