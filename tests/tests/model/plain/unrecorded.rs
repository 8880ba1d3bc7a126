//! Spans that find no room in a full segment. They are told apart as others are; only nothing is said of them.

use super::{Model, Place};

/// A span that is not recorded.
#[derive(Debug)]
pub(super) struct Over {
    /// The one around it that isn't either.
    outer: Option<usize>,
    pub(super) is_open: bool,
    /// Whom it calls; nobody, unless it is an exit.
    pub(super) peer: &'static str,
}

impl Model {
    /// A span that is not recorded opens there, below this span.
    pub(super) fn over(&mut self, number: usize, level: u16, there: Place) -> Place {
        let outer = if let Place::Over { over, .. } = there { Some(over) } else { None };
        self.overs.push(Over { outer, is_open: true, peer: "" });
        Place::Over { number, level, over: self.overs.len() - 1 }
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
