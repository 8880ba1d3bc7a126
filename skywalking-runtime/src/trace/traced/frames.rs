//! The frames of a poll: what must be put back when it is over. Each is forgotten on the normal way out, so its drop means that the poll
//! unwinds.

use super::span::Span;
use crate::trace::clock;
use crate::trace::failure::Mark;
use crate::trace::scope::{self, Begun};
use crate::trace::segment::{Current, Segment};
use crate::trace::slot;

/// How a span ended.
#[derive(Clone, Copy)]
pub(super) enum End {
    Ready,
    Marked(Mark),
}

impl End {
    pub(super) fn apply(self, segment: &mut Segment, index: u16) {
        if let Self::Marked(mark) = self {
            segment.mark(index, mark);
        }
        segment.close(index, clock::now());
    }
}

pub(super) struct FirstPoll<'a> {
    pub(super) span: &'a mut Span,
    pub(super) left: Begun,
    pub(super) before: Option<Current>,
}

impl FirstPoll<'_> {
    pub(super) fn finish(mut self, ready: bool) {
        self.settle(ready.then_some(End::Ready));
        std::mem::forget(self);
    }

    fn settle(&mut self, end: Option<End>) {
        let begun = scope::exchange_begun(self.left);
        self.span.settle_first(begun, self.before, end);
    }
}

impl Drop for FirstPoll<'_> {
    fn drop(&mut self) {
        self.settle(Some(End::Marked(Mark::Panicked)));
    }
}

/// The first poll of a future that is not traced.
pub(super) struct Unexpected {
    left: Begun,
}

impl Unexpected {
    pub(super) fn enter() -> Self {
        Self { left: scope::exchange_begun(Begun::NOTHING) }
    }
}

impl Drop for Unexpected {
    fn drop(&mut self) {
        scope::exchange_begun(self.left);
    }
}

pub(super) struct RootPoll<'a> {
    pub(super) span: &'a mut Span,
    pub(super) displaced: Option<Box<Segment>>,
}

impl RootPoll<'_> {
    #[inline]
    pub(super) fn finish(mut self, ready: bool) {
        let own = self.span.leave_root(self.displaced.take());
        if ready {
            self.span.end_root(own, End::Ready);
        } else {
            self.span.segment = own;
        }
        std::mem::forget(self);
    }

    pub(super) fn cancel(mut self) {
        self.end(End::Marked(Mark::Cancelled));
        std::mem::forget(self);
    }

    fn end(&mut self, end: End) {
        let own = self.span.leave_root(self.displaced.take());
        self.span.end_root(own, end);
    }
}

impl Drop for RootPoll<'_> {
    fn drop(&mut self) {
        self.end(End::Marked(Mark::Panicked));
    }
}

pub(super) struct ChildPoll<'a> {
    pub(super) span: &'a mut Span,
    pub(super) saved: Current,
}

impl ChildPoll<'_> {
    #[inline]
    pub(super) fn finish(self, ready: bool) {
        if ready {
            self.span.end_child(End::Ready);
        }
        self.restore();
        std::mem::forget(self);
    }

    pub(super) fn cancel(self) {
        self.span.end_child(End::Marked(Mark::Cancelled));
        self.restore();
        std::mem::forget(self);
    }

    #[inline]
    fn restore(&self) {
        let saved = self.saved;
        slot::with_key(self.span.begun.key, |segment| segment.restore(saved));
    }
}

impl Drop for ChildPoll<'_> {
    fn drop(&mut self) {
        self.span.end_child(End::Marked(Mark::Panicked));
        self.restore();
    }
}
