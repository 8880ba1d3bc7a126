//! The future wrapper: a span that covers a future, from its first poll to its end or its drop.
//!
//! The span opens inside the wrapped future (so that arguments are not stored twice) and leaves its numbers for the wrapper. A root
//! owns its segment and swaps it into the slot around each poll; what it displaces stays in the frame of the poll. A child knows its
//! segment's key and its own place: it sets "current" on each poll and restores it. A child that finds another segment or none was
//! moved: it goes on in a segment of its own, with a ref to its own span. No lock, no stack, no allocation in a poll.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::callsite::Callsite;
use super::clock;
use super::failure::Mark;
use super::record::{Record, Trace};
use super::root;
use super::scope::{self, Begun};
use super::segment::{Current, Segment, Shared};
use super::slot;
use super::tally::{self, Reason};
use super::thread;
use crate::tracer;

pin_project! {
    /// A future that runs as a span.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Traced<F, H = NoHook> {
        // Before the future, so that what is left of it drops after the span's own fields could still be needed: see `drop`.
        span: Span,
        hook: Option<H>,
        // An option only to be dropped in the span's context; it is never empty while it can be polled.
        #[pin]
        future: Option<F>,
    }

    impl<F, H> PinnedDrop for Traced<F, H> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.span.cancel(this.future);
        }
    }
}

/// Nothing looks at the returned value.
#[derive(Clone, Copy, Debug)]
pub struct NoHook;

/// What looks at the returned value while the span is still current.
pub trait Hook<T> {
    /// Looks at it.
    fn look(self, returned: &T);
}

impl<T> Hook<T> for NoHook {
    #[inline]
    fn look(self, _: &T) {}
}

impl<T, H: FnOnce(&T)> Hook<T> for H {
    #[inline]
    fn look(self, returned: &T) {
        self(returned);
    }
}

impl<F: Future> Traced<F> {
    /// Wraps a future that opens its span itself, at its first poll.
    #[inline]
    pub fn new(future: F) -> Self {
        Self { span: Span::default(), hook: Some(NoHook), future: Some(future) }
    }

    /// The wrapped future.
    pub(super) fn inner(self: Pin<&mut Self>) -> Option<Pin<&mut F>> {
        self.project().future.as_pin_mut()
    }

    /// Begins as this span instead of waiting for what the wrapped future opens.
    pub(super) fn adopt(self: Pin<&mut Self>, span: Span) {
        *self.project().span = span;
    }
}

impl<F: Future, H: FnOnce(&F::Output)> Traced<F, H> {
    /// The same, with a look at the value that the future returns.
    #[inline]
    pub fn with_return(future: F, hook: H) -> Self {
        Self { span: Span::default(), hook: Some(hook), future: Some(future) }
    }
}

/// The span of a future, as plain fields.
#[derive(Debug, Default)]
pub(super) struct Span {
    state: State,
    /// The key of the segment and the span's place in it.
    begun: Begun,
    /// A root's segment, while nobody polls it.
    segment: Option<Box<Segment>>,
    /// Where a child came from, should it find itself elsewhere.
    origin: Option<Origin>,
}

#[derive(Debug)]
struct Origin {
    callsite: &'static Callsite,
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
    pub(super) fn of_root(begun: Begun, segment: Option<Box<Segment>>) -> Self {
        Self { state: State::Root, begun, segment, origin: None }
    }
}

impl<F, H> Future for Traced<F, H>
where
    F: Future,
    H: Hook<F::Output>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(future) = this.future.as_pin_mut() else {
            // Only a destructor empties it.
            return Poll::Pending;
        };
        this.span.poll(future, this.hook, cx)
    }
}

impl Span {
    #[inline]
    fn poll<F, H>(&mut self, future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
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

    // ---- the first poll ----

    fn poll_first<F, H>(&mut self, future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
    where
        F: Future,
        H: Hook<F::Output>,
    {
        if !tracer::enabled() {
            self.state = State::Off;
            return future.poll(cx);
        }
        let before = slot::with(|segment| segment.current);
        let frame = FirstPoll { span: self, left: scope::exchange_begun(Begun::NOTHING), before };
        let polled = future.poll(cx);
        if let Poll::Ready(returned) = &polled
            && let Some(hook) = hook.take()
        {
            hook.look(returned);
        }
        frame.finish(polled.is_ready());
        polled
    }

    /// The first poll is over: takes up what was begun in it.
    fn settle_first(&mut self, begun: Begun, before: Option<Current>, end: Option<End>) {
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
            (State::Child, Some(end)) => self.end_child(end),
            (State::Child, None) => {
                let origin = slot::with_key(begun.key, |segment| {
                    let record = segment.records.get(usize::from(begun.index()));
                    let callsite = record.map(|record| record.callsite);
                    if let Some(before) = before {
                        segment.current = before;
                    }
                    callsite.map(|callsite| Origin { callsite, shared: segment.share() })
                });
                self.origin = origin.flatten();
            }
            _ => {}
        }
        if end.is_some() {
            self.state = State::Off;
        }
    }

    // ---- a root ----

    fn poll_root<F, H>(&mut self, future: Pin<&mut F>, hook: &mut Option<H>, cx: &mut Context<'_>) -> Poll<F::Output>
    where
        F: Future,
        H: Hook<F::Output>,
    {
        let displaced = slot::replace(self.segment.take());
        let frame = RootPoll { span: self, displaced };
        let polled = future.poll(cx);
        if let Poll::Ready(returned) = &polled
            && let Some(hook) = hook.take()
        {
            hook.look(returned);
        }
        frame.finish(polled.is_ready());
        polled
    }

    /// Takes the root's segment out of the slot and puts back what it displaced.
    #[inline]
    fn leave_root(&mut self, displaced: Option<Box<Segment>>) -> Option<Box<Segment>> {
        let own = slot::take_key(self.begun.key);
        if own.is_none() {
            self.lose();
        } else if displaced.is_some() {
            slot::replace(displaced);
        }
        own
    }

    fn end_root(&mut self, segment: Option<Box<Segment>>, end: End) {
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

    // ---- a child ----

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
        let polled = future.poll(cx);
        if let Poll::Ready(returned) = &polled
            && let Some(hook) = hook.take()
        {
            hook.look(returned);
        }
        frame.finish(polled.is_ready());
        polled
    }

    fn end_child(&mut self, end: End) {
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
        let Some(origin) = origin.filter(|_| segment.sampled) else {
            segment.sampled = false;
            self.state = State::Root;
            segment.trace = Trace::Own(super::id::own_trace(self.begun.key));
            self.begun = Begun::unsampled_root(segment.key);
            self.segment = Some(segment);
            return;
        };
        segment.join(&origin.shared);
        let mut head = 0;
        segment.thread_ref(&mut head, &origin.shared, self.begun.index());
        let (begun, segment) = root::prepare(segment, origin.callsite, head, Record::CONTINUED);
        *self = Self::of_root(begun, Some(segment));
    }

    // ---- dropped unfinished ----

    fn cancel<F>(&mut self, mut future: Pin<&mut Option<F>>) {
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

/// How a span ended.
#[derive(Clone, Copy)]
enum End {
    Ready,
    Marked(Mark),
}

impl End {
    fn apply(self, segment: &mut Segment, index: u16) {
        if let Self::Marked(mark) = self {
            segment.mark(index, mark);
        }
        segment.close(index, clock::now());
    }
}

// The frames of a poll. Each is forgotten on the normal way out, so its drop means that the poll unwinds.

struct FirstPoll<'a> {
    span: &'a mut Span,
    left: Begun,
    before: Option<Current>,
}

impl FirstPoll<'_> {
    fn finish(mut self, ready: bool) {
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

struct RootPoll<'a> {
    span: &'a mut Span,
    displaced: Option<Box<Segment>>,
}

impl RootPoll<'_> {
    #[inline]
    fn finish(mut self, ready: bool) {
        let own = self.span.leave_root(self.displaced.take());
        if ready {
            self.span.end_root(own, End::Ready);
        } else {
            self.span.segment = own;
        }
        std::mem::forget(self);
    }

    fn cancel(mut self) {
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

struct ChildPoll<'a> {
    span: &'a mut Span,
    saved: Current,
}

impl ChildPoll<'_> {
    #[inline]
    fn finish(self, ready: bool) {
        if ready {
            self.span.end_child(End::Ready);
        }
        self.restore();
        std::mem::forget(self);
    }

    fn cancel(self) {
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

pin_project! {
    /// A future that begins with a call: what opens the span of a future that was made by hand.
    #[derive(Debug)]
    pub(super) struct Begin<B, F> {
        begin: Option<B>,
        #[pin]
        future: F,
    }
}

impl<B: FnOnce(), F: Future> Begin<B, F> {
    pub(super) fn new(begin: B, future: F) -> Self {
        Self { begin: Some(begin), future }
    }
}

impl<B: FnOnce(), F: Future> Future for Begin<B, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Some(begin) = this.begin.take() {
            begin();
        }
        this.future.poll(cx)
    }
}
