//! The frame of a poll: what must be put back when it is over. It knows how that goes by an [`Outcome`], which is the panic's until
//! somebody says otherwise, so a drop of the frame alone means that the wrapped code unwound.

use std::mem::{ManuallyDrop, replace, take};

use super::span::{Span, State};
use crate::trace::clock;
use crate::trace::failure::Mark;
use crate::trace::scope::{self, Begun};
use crate::trace::segment::{Current, Segment};
use crate::trace::slot;
use crate::tracer;

/// How a poll went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The span stays open.
    Pending,
    Ended(End),
}

/// How a span ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What is around the wrapped code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    /// Nothing.
    Nothing,
    /// The first poll of a future that is not traced. Should a tracer start within it: what is opened then is not for an outer future
    /// that waits for its own.
    Unexpected,
    /// The first poll: the span opens in it.
    First,
    /// The root's segment is in the slot.
    Root,
    /// The child is current.
    Child,
}

/// The frame of one poll.
#[must_use = "the wrapped code runs inside of it"]
pub(super) struct Frame<'a> {
    span: &'a mut Span,
    /// What a root's segment displaced. Whoever leaves takes it out.
    displaced: ManuallyDrop<Option<Box<Segment>>>,
    /// What another first poll left that this one is inside of.
    left: Begun,
    /// What was current.
    saved: Option<Current>,
    around: Around,
    outcome: Outcome,
    /// A value that is returned is one of a span's.
    pub(super) traced: bool,
}

impl<'a> Frame<'a> {
    fn new(span: &'a mut Span, around: Around) -> Self {
        Self {
            span,
            displaced: ManuallyDrop::new(None),
            left: Begun::NOTHING,
            saved: None,
            around,
            outcome: Outcome::Ended(End::Marked(Mark::Panicked)),
            traced: !matches!(around, Around::Nothing | Around::Unexpected),
        }
    }

    /// Makes the span current for a poll.
    pub(super) fn of_poll(span: &'a mut Span) -> Self {
        match span.state {
            State::Root => Self::of_root(span),
            State::Child => match span.enter_child() {
                Some(saved) => Self::of_child(span, saved),
                None => Self::of_moved(span),
            },
            State::Off | State::DroppingRoot | State::DroppingChild => Self::new(span, Around::Nothing),
            State::Unsampled if slot::with_key(span.begun.key, |_| ()).is_some() => Self::new(span, Around::Nothing),
            State::Unsampled => Self::of_moved(span),
            State::New => Self::of_first(span),
        }
    }

    #[inline]
    fn of_root(span: &'a mut Span) -> Self {
        let displaced = ManuallyDrop::new(slot::replace(take(&mut span.segment)));
        let mut frame = Self::new(span, Around::Root);
        frame.displaced = displaced;
        frame
    }

    #[inline]
    fn of_child(span: &'a mut Span, saved: Current) -> Self {
        let mut frame = Self::new(span, Around::Child);
        frame.saved = Some(saved);
        frame
    }

    #[cold]
    fn of_moved(span: &'a mut Span) -> Self {
        span.move_on();
        if span.state == State::Root { Self::of_root(span) } else { Self::new(span, Around::Nothing) }
    }

    fn of_first(span: &'a mut Span) -> Self {
        if !tracer::enabled() {
            span.state = State::Off;
            let mut frame = Self::new(span, Around::Unexpected);
            frame.left = scope::exchange_begun(Begun::NOTHING);
            return frame;
        }
        let mut frame = Self::new(span, Around::First);
        frame.saved = slot::with(|segment| segment.current);
        frame.left = scope::exchange_begun(Begun::EXPECTED);
        frame
    }

    /// The wrapped poll is over.
    pub(super) fn finish(mut self, ready: bool) {
        self.outcome = if ready { Outcome::Ended(End::Ready) } else { Outcome::Pending };
    }

    #[inline]
    fn leave_root(&mut self) {
        let displaced = replace(&mut self.displaced, ManuallyDrop::new(None));
        match self.outcome {
            Outcome::Pending => self.span.put_aside(ManuallyDrop::into_inner(displaced)),
            Outcome::Ended(end) => {
                let own = self.span.leave_root(ManuallyDrop::into_inner(displaced));
                self.span.end_root(own, end);
            }
        }
    }

    #[inline]
    fn leave_child(&mut self) {
        if let Outcome::Ended(end) = self.outcome {
            self.span.end_child(end);
        }
        if let Some(saved) = self.saved {
            slot::with_key(self.span.begun.key, |segment| segment.restore(saved));
        }
    }

    fn leave_first(&mut self) {
        let begun = scope::exchange_begun(self.left);
        let end = match self.outcome {
            Outcome::Pending => None,
            Outcome::Ended(end) => Some(end),
        };
        self.span.settle_first(begun, self.saved, end);
    }
}

impl Drop for Frame<'_> {
    fn drop(&mut self) {
        match self.around {
            Around::Root => self.leave_root(),
            Around::Child => self.leave_child(),
            Around::Nothing => {}
            Around::First => self.leave_first(),
            Around::Unexpected => {
                scope::exchange_begun(self.left);
            }
        }
    }
}
