//! Spans that a handle ends.

use std::sync::Arc;

use crate::segment::Segment;
use crate::span::record::Record;
use crate::trace::detached::cell::Detached;
use crate::util::diagnostics::{self, Diagnostic};

impl Segment {
    /// Leaves the end of the current span to a handle, which gets the returned cell. Returns `None` if
    /// the span is not recorded or already has a handle.
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

    /// Ends the scope of a detached span. Does nothing for a span that has ended.
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
