//! The state of a future's span between polls.

use std::borrow::Cow;
use std::sync::Arc;
use std::thread::panicking;

use crate::context::begun::Begun;
use crate::context::begun::End;
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::thread_state;
use crate::segment::{Cursor, Segment, SegmentIdentity, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::Mark;
use crate::span::record::Record;
use crate::trace::root;
use crate::tracer;
use crate::util::diagnostics::{self, Diagnostic};

/// Stands for the callsite of an unsampled root.
static NOT_RECORDED: Callsite = Callsite::new(SpanKind::Local, "not recorded");

/// The span of a future, as plain fields.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) state: State,
    /// The key of the segment and the span's position in it.
    pub(crate) begun: Begun,
    /// A root's segment between polls.
    pub(crate) segment: Option<Box<Segment>>,
    /// The identity of a child's segment, in case the child is moved.
    origin: Option<Origin>,
    /// The span there that it would refer to.
    from: u16,
    /// The span that was current, while the wrapped code is dropped.
    saved: Cursor,
    /// True if a drop is the normal end.
    ends: bool,
}

#[derive(Debug)]
struct Origin {
    /// The state of a recorded child.
    callsite: Option<&'static Callsite>,
    shared: Arc<SegmentIdentity>,
}

impl Origin {
    /// Returns the peer that headers name, if the span is an Exit.
    fn called_peer(&self, opened: SpanRef) -> Option<&str> {
        match (&self.shared.called_peer, self.callsite) {
            (Some(peer), _) => Some(peer),
            (None, Some(callsite)) if callsite.kind == SpanKind::Exit && !opened.is_overflow() => {
                Some(callsite.peer)
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not polled yet.
    New,
    /// Nothing is traced here, or no longer.
    Off,
    Root,
    Child,
    /// A child of an unsampled request.
    Unsampled,
    /// The root's segment is in the slot while the wrapped code is dropped. The displaced segment
    /// is in its field.
    DroppingRoot,
    /// The child is current while the wrapped code is dropped.
    DroppingChild,
}

impl Span {
    /// Creates the span of a future that has not been polled.
    pub(crate) const NEW: Self = Self::with(State::New, Begun::NOTHING, None);

    /// Creates the span of a segment that continues another one.
    pub(crate) fn of_root(begun: Begun, segment: Option<Box<Segment>>) -> Self {
        Self::with(State::Root, begun, segment)
    }

    const fn with(state: State, begun: Begun, segment: Option<Box<Segment>>) -> Self {
        Self { state, begun, segment, origin: None, from: 0, saved: Cursor::NONE, ends: false }
    }

    /// Takes over the span that opened in the first poll.
    pub(crate) fn settle_first(&mut self, begun: Begun, before: Option<Cursor>, end: Option<End>) {
        self.begun = begun;
        self.state = if begun.key == 0 {
            State::Off
        } else if begun.is_root() {
            State::Root
        } else if begun.is_unsampled() {
            State::Unsampled
        } else {
            State::Child
        };
        match (self.state, end) {
            (State::Root, Some(end)) => {
                let own = self.leave_root(None, Some(end));
                self.end_root(own, end);
            }
            (State::Root, None) => self.segment = self.leave_root(None, None),
            (State::Child, Some(end)) => {
                self.end_child(end);
                // A guard that was forgotten within the poll is left behind with it.
                if let Some(before) = before {
                    current_segment::with_key(begun.key, |segment| segment.restore(before));
                }
            }
            (State::Child, None) => {
                let mut span = 0;
                let origin = current_segment::with_key(begun.key, |segment| {
                    let place = segment.place_of(begun.opened());
                    span = place.index();
                    let callsite = segment.callsite_of(span);
                    let peer = segment.called_peer(place);
                    if let Some(before) = before {
                        segment.restore(before);
                    }
                    let mut shared = segment.share();
                    // A literal peer follows from the callsite.
                    if let Some(Cow::Owned(peer)) = peer {
                        shared = Arc::new(shared.with_called_peer(peer));
                    }
                    Origin { callsite, shared }
                });
                (self.origin, self.from) = (origin, span);
            }
            (State::Unsampled, None) => {
                // An id of our own follows from the key. A foreign one must be kept.
                let keep =
                    |segment: &mut Segment| segment.has_more_than_a_key().then(|| segment.share());
                let shared = current_segment::with_key(begun.key, keep).flatten();
                self.origin = shared.map(|shared| Origin { callsite: None, shared });
            }
            _ => {}
        }
        if end.is_some() {
            self.state = State::Off;
        }
    }

    /// Takes the root's segment out of the slot and restores the displaced one. `end` is how the
    /// root ends, if it does.
    #[inline]
    pub(crate) fn leave_root(
        &mut self,
        displaced: Option<Box<Segment>>,
        end: Option<End>,
    ) -> Option<Box<Segment>> {
        let own = current_segment::take_key(self.begun.key);
        if own.is_none() {
            // An executor switched stacks within a poll.
            ended_roots::leave(self.begun, end, displaced);
            self.state = State::Off;
        } else if let Some(displaced) = displaced {
            ended_roots::put_back(displaced);
        }
        own
    }

    /// Handles a root's segment that is too old or too large, or in which a guard was open at the
    /// end of the last poll.
    #[cold]
    pub(crate) fn look(&mut self) {
        if let Some(segment) = &mut self.segment {
            segment.check_guards();
            if segment.is_due() {
                thread_state::split_own(segment);
            }
        }
    }

    pub(crate) fn end_root(&mut self, segment: Option<Box<Segment>>, end: End) {
        self.state = State::Off;
        let Some(mut segment) = segment else { return };
        segment.check_other_task();
        if segment.is_sampled() {
            end.apply(&mut segment, self.begun.opened());
        }
        thread_state::finish(segment);
    }

    /// Ends a root between polls, whose segment is here. No code of the program runs meanwhile, so
    /// the segment need not be in the slot. Returns false if the span is not a root.
    pub(crate) fn finish_root(&mut self) -> bool {
        let segment = if self.state == State::Root { self.segment.take() } else { None };
        let found = segment.is_some();
        if found {
            self.end_root(segment, End::Ready);
        }
        found
    }

    /// Makes the span current. Returns `None` if its segment is not here.
    #[inline]
    pub(crate) fn enter_child(&self) -> Option<Cursor> {
        let begun = self.begun;
        current_segment::with_key(begun.key, |segment| segment.enter(begun.opened()))
    }

    pub(crate) fn end_child(&mut self, end: End) {
        self.state = State::Off;
        self.origin = None;
        let begun = self.begun;
        let end = |segment: &mut Segment| {
            end.apply(segment, begun.opened());
            segment.is_due()
        };
        match current_segment::with_key(begun.key, end) {
            Some(false) => {}
            Some(true) => thread_state::split(begun.key),
            None => diagnostics::count(Diagnostic::DroppedElsewhere),
        }
    }

    /// Moves a child that finds another segment or none into a segment of its own.
    #[cold]
    pub(crate) fn move_on(&mut self) {
        let sampled = self.state == State::Child;
        self.state = State::Off;
        let origin = self.origin.take();
        if !tracer::enabled() {
            return;
        }
        let Some(mut segment) =
            thread_state::segment(|settings| Some(sampled && root::may_open(settings)))
        else {
            return;
        };
        match &origin {
            Some(origin) => segment.join(&origin.shared),
            None => segment.adopt_trace_of_key(self.begun.key),
        }
        let recorded = origin
            .and_then(|origin| Some((origin.callsite?, origin)))
            .filter(|_| segment.is_sampled());
        let mut head = 0;
        let callsite = if let Some((callsite, origin)) = recorded {
            let shared = &origin.shared;
            segment.add_thread_ref(&mut head, shared.id, self.from, &shared.endpoint);
            if let Some(peer) = origin.called_peer(self.begun.opened()) {
                segment.keep_called_peer(&mut head, peer);
            }
            callsite
        } else {
            segment.leave_out();
            &NOT_RECORDED
        };
        // An Entry was counted as a call of its endpoint when it began.
        let counted = if callsite.kind == SpanKind::Entry { Record::SKIP_ANALYSIS } else { 0 };
        segment.run_as_future();
        let (begun, segment) = root::prepare(segment, callsite, head, Record::CONTINUED | counted);
        *self = Self::of_root(begun, Some(segment));
    }

    /// Prepares for the drop of the wrapped code: the spans that it opens belong below this one.
    #[inline]
    pub(crate) fn begin_drop(&mut self) {
        if matches!(self.state, State::Root | State::Child) {
            self.enter_drop();
        }
    }

    fn enter_drop(&mut self) {
        self.begun.note_panic();
        if self.state == State::Root {
            self.segment = current_segment::replace(self.segment.take());
            self.state = State::DroppingRoot;
        } else if let Some(saved) = self.enter_child() {
            self.saved = saved;
            self.state = State::DroppingChild;
        } else {
            diagnostics::count(Diagnostic::DroppedElsewhere);
            self.state = State::Off;
            return;
        }
        current_segment::with_key(self.begun.key, |segment| {
            segment.begin_drop(self.begun.opened());
        });
    }

    /// Returns true while the wrapped code is dropped, when this span is the current one.
    pub(crate) fn is_dropping(&self) -> bool {
        matches!(self.state, State::DroppingRoot | State::DroppingChild)
    }

    /// Notes that a drop from now on is the normal end.
    pub(crate) fn ends_by_drop(&mut self) {
        self.ends = true;
    }

    fn end_drop(&mut self) {
        let end = match (panicking() && !self.begun.was_panicking(), self.ends) {
            (true, _) => End::Marked(Mark::Panicked),
            (false, false) => End::Marked(Mark::Cancelled),
            (false, true) => End::Ready,
        };
        if self.state == State::DroppingRoot {
            let displaced = self.segment.take();
            let own = self.leave_root(displaced, Some(end));
            self.end_root(own, end);
        } else {
            self.end_child(end);
            current_segment::with_key(self.begun.key, |segment| segment.restore(self.saved));
        }
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        if self.is_dropping() {
            self.end_drop();
        }
    }
}
