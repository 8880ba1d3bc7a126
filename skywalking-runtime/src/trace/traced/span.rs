//! The state of a future's span: what each poll finds, what it leaves, and what a drop ends.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Hook;
use super::frames::{ChildPoll, End, FirstPoll, RootPoll, Unexpected};
use crate::trace::callsite::{Callsite, Kind};
use crate::trace::id;
use crate::trace::record::{Record, Trace};
use crate::trace::root;
use crate::trace::scope::{self, Begun};
use crate::trace::segment::{Current, Segment, Shared};
use crate::trace::slot;
use crate::trace::tally::{self, Reason};
use crate::trace::thread;
use crate::tracer;

/// Stands for the callsite of a root that records nothing.
static NOT_RECORDED: Callsite = Callsite::new(Kind::Local, "not recorded");

/// The span of a future, as plain fields.
#[derive(Debug, Default)]
pub(in crate::trace) struct Span {
    state: State,
    /// The key of the segment and the span's place in it.
    pub(super) begun: Begun,
    /// A root's segment, while nobody polls it.
    pub(super) segment: Option<Box<Segment>>,
    /// Where a child came from, should it find itself elsewhere.
    origin: Option<Origin>,
}

#[derive(Debug)]
struct Origin {
    /// Of a child that is recorded.
    callsite: Option<&'static Callsite>,
    shared: Arc<Shared>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Not polled yet.
    #[default]
    New,
    /// Nothing is traced here, or no more.
    Off,
    Root,
    Child,
    /// A child of an unsampled request.
    Unsampled,
}

impl Span {
    /// The span of a segment that was made to go on with another one.
    pub(in crate::trace) fn of_root(begun: Begun, segment: Option<Box<Segment>>) -> Self {
        Self { state: State::Root, begun, segment, origin: None }
    }

    #[inline]
    pub(super) fn poll<F, H>(&mut self, future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
    where
        F: Future,
        H: Hook<F::Output>,
    {
        match self.state {
            State::Off => future.poll(cx),
            State::Root => self.poll_root(future, hook, cx),
            State::Child => {
                if let Some(saved) = self.enter_child() {
                    return self.poll_child(saved, future, hook, cx);
                }
                self.move_on();
                self.poll(future, hook, cx)
            }
            State::Unsampled => {
                if slot::with_key(self.begun.key, |_| ()).is_some() {
                    return future.poll(cx);
                }
                self.move_on();
                self.poll(future, hook, cx)
            }
            State::New => self.poll_first(future, hook, cx),
        }
    }

    fn poll_first<F, H>(&mut self, future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
    where
        F: Future,
        H: Hook<F::Output>,
    {
        if !tracer::enabled() {
            self.state = State::Off;
            // Should a tracer start within this poll: what is opened then is not for an outer future that waits for its own.
            let _nobody = Unexpected::enter();
            return future.poll(cx);
        }
        let before = slot::with(|segment| segment.current);
        let frame = FirstPoll { span: self, left: scope::exchange_begun(Begun::EXPECTED), before };
        let polled = poll_and_look(future, hook, cx);
        frame.finish(polled.is_ready());
        polled
    }

    /// The first poll is over: takes up what was begun in it.
    pub(super) fn settle_first(&mut self, begun: Begun, before: Option<Current>, end: Option<End>) {
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
            (State::Root, Some(end)) => self.end_root(slot::take_key(begun.key), end),
            (State::Root, None) => {
                self.segment = slot::take_key(begun.key);
                if self.segment.is_none() {
                    self.lose();
                }
            }
            (State::Child, Some(end)) => {
                self.end_child(end);
                // A guard that was forgotten within the poll stays behind with it.
                if let Some(before) = before {
                    slot::with_key(begun.key, |segment| segment.restore(before));
                }
            }
            (State::Child, None) => {
                let origin = slot::with_key(begun.key, |segment| {
                    let record = segment.records.get(usize::from(begun.index()));
                    let callsite = record.map(|record| record.callsite);
                    if let Some(before) = before {
                        segment.restore(before);
                    }
                    Origin { callsite, shared: segment.share() }
                });
                self.origin = origin;
            }
            (State::Unsampled, None) => {
                // An id of our own follows from the key; what came from elsewhere must be kept.
                let keep = |segment: &mut Segment| segment.has_more_than_a_key().then(|| segment.share());
                let shared = slot::with_key(begun.key, keep).flatten();
                self.origin = shared.map(|shared| Origin { callsite: None, shared });
            }
            _ => {}
        }
        if end.is_some() {
            self.state = State::Off;
        }
    }

    fn poll_root<F, H>(&mut self, future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
    where
        F: Future,
        H: Hook<F::Output>,
    {
        let displaced = slot::replace(self.segment.take());
        let frame = RootPoll { span: self, displaced };
        let polled = poll_and_look(future, hook, cx);
        frame.finish(polled.is_ready());
        polled
    }

    /// Takes the root's segment out of the slot and puts back what it displaced.
    #[inline]
    pub(super) fn leave_root(&mut self, displaced: Option<Box<Segment>>) -> Option<Box<Segment>> {
        let own = slot::take_key(self.begun.key);
        if own.is_none() {
            self.lose();
        } else if displaced.is_some() {
            slot::replace(displaced);
        }
        own
    }

    pub(super) fn end_root(&mut self, segment: Option<Box<Segment>>, end: End) {
        self.state = State::Off;
        let Some(mut segment) = segment else { return };
        if segment.sampled {
            end.apply(&mut segment, self.begun.index());
        }
        thread::finish(segment);
    }

    /// The segment is not where it was left: somebody's executor switched stacks within a poll.
    #[cold]
    fn lose(&mut self) {
        tally::count(Reason::GuardMisplaced);
        self.state = State::Off;
    }

    /// Makes the span current. `None` if its segment is not here.
    #[inline]
    fn enter_child(&self) -> Option<Current> {
        let begun = self.begun;
        slot::with_key(begun.key, |segment| {
            let saved = segment.current;
            let muted = if begun.is_muted() { saved.muted.saturating_add(1) } else { 0 };
            segment.current = Current { index: begun.index(), muted };
            saved
        })
    }

    #[inline]
    fn poll_child<F, H>(&mut self, saved: Current, future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
    where
        F: Future,
        H: Hook<F::Output>,
    {
        let frame = ChildPoll { span: self, saved };
        let polled = poll_and_look(future, hook, cx);
        frame.finish(polled.is_ready());
        polled
    }

    pub(super) fn end_child(&mut self, end: End) {
        self.state = State::Off;
        self.origin = None;
        let begun = self.begun;
        let ended = slot::with_key(begun.key, |segment| {
            if begun.is_muted() {
                segment.unmute();
            } else {
                end.apply(segment, begun.index());
            }
        });
        if ended.is_none() {
            tally::count(Reason::DroppedElsewhere);
        }
    }

    /// The child finds another segment or none: from now on it is the root of one of its own.
    #[cold]
    fn move_on(&mut self) {
        let sampled = self.state == State::Child;
        self.state = State::Off;
        let origin = self.origin.take();
        if !tracer::enabled() {
            return;
        }
        let Some(mut segment) = thread::segment(|settings| Some(sampled && root::has_room(settings))) else { return };
        match &origin {
            Some(origin) => segment.join(&origin.shared),
            None => segment.trace = Trace::Own(id::own_trace(self.begun.key)),
        }
        let recorded = origin.and_then(|Origin { callsite, shared }| Some((callsite?, shared))).filter(|_| segment.sampled);
        let mut head = 0;
        let callsite = if let Some((callsite, shared)) = recorded {
            segment.thread_ref(&mut head, &shared, self.begun.index());
            callsite
        } else {
            segment.sampled = false;
            &NOT_RECORDED
        };
        let (begun, segment) = root::prepare(segment, callsite, head, Record::CONTINUED);
        *self = Self::of_root(begun, Some(segment));
    }

    pub(super) fn cancel<F>(&mut self, mut future: Pin<&mut Option<F>>) {
        match self.state {
            State::New | State::Off | State::Unsampled => {}
            State::Root => {
                // What the future drops may open spans: they belong below the root.
                let displaced = slot::replace(self.segment.take());
                let frame = RootPoll { span: self, displaced };
                future.set(None);
                frame.cancel();
            }
            State::Child => {
                if let Some(saved) = self.enter_child() {
                    let frame = ChildPoll { span: self, saved };
                    future.set(None);
                    frame.cancel();
                } else {
                    tally::count(Reason::DroppedElsewhere);
                }
            }
        }
    }
}

/// Polls; what is returned is looked at while the span is still current.
#[inline]
fn poll_and_look<F, H>(future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
where
    F: Future,
    H: Hook<F::Output>,
{
    let polled = future.poll(cx);
    if let Poll::Ready(returned) = &polled
        && let Some(hook) = hook.take()
    {
        hook.look(returned);
    }
    polled
}
