//! Spans whose end was taken into a handle: what becomes of them in their segment.

use std::sync::Arc;

use crate::segment::Segment;
use crate::span::record::Record;
use crate::trace::detached::cell::Detached;
use crate::util::diagnostics::{self, Diagnostic};

impl Segment {
    /// The current span ends by a handle from now on, which gets the cell; none if nothing is
    /// recorded, or one has it.
    pub(crate) fn detach(&mut self) -> Option<Arc<Detached>> {
        let index = self.current.index();
        let record = self.current_record()?;
        if record.end != 0 {
            diagnostics::count(Diagnostic::DetachedTwice);
            return None;
        }
        record.end = Record::IN_SCOPE;
        let cell = Arc::new(Detached::new(index));
        self.attached.detached.push(Arc::clone(&cell));
        Some(cell)
    }

    /// The scope of a span has ended that has an end already: nothing, unless a handle has it.
    #[cold]
    pub(crate) fn leave_detached(&mut self, index: u16) {
        let Some(record) = self
            .records
            .get_mut(usize::from(index))
            .filter(|record| record.end == Record::IN_SCOPE)
        else {
            return;
        };
        record.end = Record::DETACHED;
        if self.current.index() == index {
            let parent = self.current.up(record);
            self.current = self.nearest_open(parent);
        }
    }
}
