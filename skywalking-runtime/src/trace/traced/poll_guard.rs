//! The guard of a poll restores what was current when the poll is over. It learns how the poll went
//! by an [`Outcome`]. Until that is set, a drop of the guard means that the wrapped code panicked.

use std::mem::{ManuallyDrop, forget, replace, take};

use crate::context::begun::{Begun, End};
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::other_task;
use crate::segment::{Cursor, Segment};
use crate::span::record::Mark;
use crate::trace::scope;
use crate::trace::traced::span::{Span, State};
use crate::tracer;

/// The outcome of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The span stays open.
    Pending,
    Ended(End),
}

impl Outcome {
    /// The wrapped code is done.
    pub(crate) const READY: Self = Self::Ended(End::Ready);
}

/// The state around the wrapped code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PollState {
    /// There is no span.
    Nothing,
    /// The first poll of a future that is not traced. If a tracer starts within it, a span that
    /// opens then does not belong to an outer future that waits for its own.
    Unexpected,
    /// The first poll: the span opens in it.
    First,
    /// The root's segment is in the slot.
    Root,
    /// The child is current.
    Child,
}

/// Restores what was current when a poll is over.
#[must_use = "the wrapped code runs inside of it"]
pub(crate) struct PollGuard<'a> {
    span: &'a mut Span,
    /// The segment that a root's segment displaced. It is taken out when the poll ends.
    displaced: ManuallyDrop<Option<Box<Segment>>>,
    /// The numbers that an outer first poll left.
    left: Begun,
    /// The span that was current.
    saved: Option<Cursor>,
    around: PollState,
    /// Set when the wrapped code has returned.
    pub(crate) outcome: Outcome,
    /// True if a returned value ends a span.
    pub(crate) traced: bool,
}

impl<'a> PollGuard<'a> {
    fn new(span: &'a mut Span, around: PollState) -> Self {
        Self {
            span,
            displaced: ManuallyDrop::new(None),
            left: Begun::NOTHING,
            saved: None,
            around,
            outcome: Outcome::Ended(End::Marked(Mark::Panicked)),
            traced: !matches!(around, PollState::Nothing | PollState::Unexpected),
        }
    }

    /// Makes the span current for a poll. The two frequent cases are short and straight. Code that
    /// runs once is elsewhere.
    pub(crate) fn of_poll(span: &'a mut Span) -> Self {
        if span.state == State::Root {
            return Self::of_root(span);
        }
        if span.state == State::Child
            && let Some(saved) = span.enter_child()
        {
            return Self::of_child(span, saved);
        }
        Self::of_other(span)
    }

    #[inline(never)]
    fn of_other(span: &'a mut Span) -> Self {
        match span.state {
            State::New => Self::of_first(span),
            State::Off | State::DroppingRoot | State::DroppingChild => {
                Self::new(span, PollState::Nothing)
            }
            State::Unsampled if current_segment::with_key(span.begun.key, |_| ()).is_some() => {
                Self::new(span, PollState::Nothing)
            }
            State::Root | State::Child | State::Unsampled => Self::of_moved(span),
        }
    }

    #[inline]
    fn of_root(span: &'a mut Span) -> Self {
        if span.segment.as_ref().is_some_and(|segment| segment.is_due_at_poll()) {
            span.look();
        }
        let displaced = ManuallyDrop::new(current_segment::replace(take(&mut span.segment)));
        let mut frame = Self::new(span, PollState::Root);
        frame.displaced = displaced;
        frame
    }

    #[inline]
    fn of_child(span: &'a mut Span, saved: Cursor) -> Self {
        let mut frame = Self::new(span, PollState::Child);
        frame.saved = Some(saved);
        frame
    }

    #[cold]
    fn of_moved(span: &'a mut Span) -> Self {
        span.move_on();
        if span.state == State::Root {
            Self::of_root(span)
        } else {
            Self::new(span, PollState::Nothing)
        }
    }

    fn of_first(span: &'a mut Span) -> Self {
        if !tracer::enabled() {
            span.state = State::Off;
            let mut frame = Self::new(span, PollState::Unexpected);
            frame.left = scope::exchange_begun(Begun::NOTHING);
            return frame;
        }
        // A context of another task is not part of this one.
        let displaced = other_task::displace();
        let mut frame = Self::new(span, PollState::First);
        frame.displaced = ManuallyDrop::new(displaced);
        frame.saved = current_segment::with(|segment| segment.current());
        frame.left = scope::exchange_begun(Begun::EXPECTED);
        frame
    }

    /// Takes the root's segment out of the slot until the next poll. Returns false if an executor
    /// switched stacks within this one.
    #[inline]
    fn put_root_aside(&mut self) -> bool {
        let Some(own) = current_segment::take_key(self.span.begun.key) else { return false };
        // The field for the root's segment is empty, so nothing is dropped. rustc could not know
        // that.
        forget(self.span.segment.replace(own));
        true
    }

    /// Does the same if the root displaced another segment. Separate, so that a poll without one
    /// saves no registers for the calls.
    #[inline(never)]
    fn leave_inner_root(&mut self) {
        if !self.put_root_aside() {
            return self.leave();
        }
        let displaced = replace(&mut self.displaced, ManuallyDrop::new(None));
        if let Some(displaced) = ManuallyDrop::into_inner(displaced) {
            ended_roots::put_back(displaced);
        }
    }

    #[inline]
    fn restore(&self) {
        if let Some(saved) = self.saved {
            current_segment::with_key(self.span.begun.key, |segment| segment.restore(saved));
        }
    }

    /// Handles all outcomes but a wait.
    #[inline(never)]
    fn leave(&mut self) {
        let end = if let Outcome::Ended(end) = self.outcome { Some(end) } else { None };
        match self.around {
            PollState::Nothing => {}
            PollState::Unexpected => {
                scope::exchange_begun(self.left);
            }
            PollState::First => {
                let begun = scope::exchange_begun(self.left);
                self.span.settle_first(begun, self.saved, end);
                let displaced = replace(&mut self.displaced, ManuallyDrop::new(None));
                if let Some(displaced) = ManuallyDrop::into_inner(displaced) {
                    ended_roots::put_back_after(begun.key, displaced);
                }
            }
            PollState::Root => {
                let displaced = replace(&mut self.displaced, ManuallyDrop::new(None));
                let own = self.span.leave_root(ManuallyDrop::into_inner(displaced), end);
                if let (Some(own), Some(End::Marked(Mark::Panicked))) = (&own, end) {
                    current_segment::with(|outer| own.pass_panic_on(outer));
                }
                if let Some(end) = end {
                    self.span.end_root(own, end);
                }
            }
            PollState::Child => {
                if let Some(end) = end {
                    self.span.end_child(end);
                }
                self.restore();
            }
        }
    }
}

impl Drop for PollGuard<'_> {
    fn drop(&mut self) {
        if self.outcome == Outcome::Pending {
            if self.around == PollState::Root {
                if self.displaced.is_some() {
                    return self.leave_inner_root();
                }
                if self.put_root_aside() {
                    return;
                }
            }
            if self.around == PollState::Child {
                return self.restore();
            }
        }
        self.leave();
    }
}
