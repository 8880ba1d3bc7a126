//! Spans that end by handles.

use skywalking_runtime::stats::Diagnostic;

use super::{Handle, Model, Place};

impl Model {
    /// Detaches the current span to a handle. Returns true if the handle records.
    pub(crate) fn detach(&mut self) -> bool {
        let mut span = None;
        if let Place::Span { number, .. } = self.now {
            if self.spans[number].is_open && self.spans[number].handle.is_none() {
                self.spans[number].handle = Some(self.handles.len());
                span = Some(number);
            } else {
                self.count(Diagnostic::DetachedTwice);
            }
        }
        self.handles.push(Handle { span, ..Handle::default() });
        span.is_some()
    }

    pub(crate) fn handle(&mut self, which: usize, work: impl FnOnce(&mut Handle)) {
        if let Some(handle) = self.handles.get_mut(which).filter(|handle| handle.span.is_some()) {
            work(handle);
        }
    }
}
