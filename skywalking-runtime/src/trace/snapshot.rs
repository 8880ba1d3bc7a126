//! Crossing tasks and threads on purpose: what was current in one place goes on in another.
//!
//! A snapshot names a span and its trace. Who goes on with it opens a segment of its own whose root
//! is a Local span with a CrossThread ref, so that the OAP draws no call from the service to
//! itself; its name is static, since roots with refs become endpoints. Where the snapshot's own
//! segment is in the slot, going on is being a child.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::stream::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::context::begun::Begun;
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::other_task;
use crate::context::quiet;
use crate::context::thread_state;
use crate::segment::{Segment, SegmentIdentity};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::trace::root;
use crate::trace::scope::{self, Scope};
use crate::trace::traced::{Span, Streamed, Traced};
use crate::tracer;
use crate::util::text;

/// The root of what goes on elsewhere, and the child where it does not have to; its name is put
/// beside it.
static CONTINUED: Callsite = Callsite::located(SpanKind::Local, "continued", file!(), line!());

/// The current context, for another task or thread: cheap to make and to clone. Empty where nothing
/// is traced.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    shared: Option<Arc<SegmentIdentity>>,
    span: u16,
}

/// Takes a snapshot of the current context.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, propagation::capture, span};
///
/// static ENTRY: Callsite = callsite!(entry, "/work");
///
/// span(&ENTRY).run(|| {
///     let here = capture();
///     std::thread::spawn(move || here.run("work.part", || 42)).join().unwrap();
/// });
/// ```
#[must_use = "a snapshot does nothing until it is used elsewhere"]
pub fn capture() -> Snapshot {
    current_segment::with(|segment| Snapshot {
        shared: Some(segment.share()),
        span: segment.current().index(),
    })
    .unwrap_or_default()
}

impl Snapshot {
    /// True if nothing was traced where it was taken.
    pub fn is_empty(&self) -> bool {
        self.shared.is_none()
    }

    fn shared(&self) -> Option<&SegmentIdentity> {
        self.shared.as_deref().filter(|_| tracer::enabled())
    }

    /// Opens a child, if the snapshot's own segment is here.
    fn child(&self, name: &'static str) -> Option<Begun> {
        let shared = self.shared()?;
        current_segment::with_key(shared.key, |segment| {
            if !segment.is_sampled() {
                return Begun::unsampled(segment.key());
            }
            let mut head = 0;
            if !segment.is_full() {
                segment.static_name(&mut head, or_default(name));
            }
            Begun::child(segment.key(), segment.open_as(&CONTINUED, head, 0))
        })
    }

    /// Opens a segment that goes on from here, unless the snapshot's own is in the slot and belongs
    /// to this task.
    fn root(&self, name: &'static str) -> Option<(Begun, Box<Segment>)> {
        let shared = self.shared()?;
        if (current_segment::with_key(shared.key, |_| ()).is_some() && !other_task::is_elsewhere())
            || quiet::forbids_roots()
        {
            return None;
        }
        let mut segment =
            thread_state::segment(|settings| Some(shared.sampled && root::has_room(settings)))?;
        segment.join(shared);
        let mut head = 0;
        if segment.is_sampled() {
            segment.static_name(&mut head, or_default(name));
            segment.add_thread_ref(&mut head, shared.id, self.span, &shared.endpoint);
        }
        Some(root::prepare(segment, &CONTINUED, head, 0))
    }

    /// Runs `work` in a span that goes on from here.
    pub fn run<R>(&self, name: &'static str, work: impl FnOnce() -> R) -> R {
        if let Some((begun, mut segment)) = self.root(name) {
            segment.run_as_call();
            let displaced = current_segment::replace(Some(segment));
            let _frame = Frame { displaced, scope: Some(begun.into_scope()) };
            return work();
        }
        let _scope = self.child(name).unwrap_or_default().into_scope();
        work()
    }

    /// Makes the future run in a span that goes on from here; it opens at the first poll.
    pub fn future<F: Future>(self, name: &'static str, future: F) -> Continued<F> {
        Continued {
            polled: false,
            future: Traced::new(Going { start: Some(Start::new(self, name)), wrapped: future }),
        }
    }

    /// Makes the stream run in one span that goes on from here; it opens at the first poll and says
    /// how many `items` it gave.
    pub fn stream<S: Stream>(self, name: &'static str, stream: S) -> ContinuedStream<S> {
        ContinuedStream {
            polled: false,
            stream: Streamed::opening(Going {
                start: Some(Start::new(self, name)),
                wrapped: stream,
            }),
        }
    }
}

/// What a future, a stream or a closure that has not started needs to continue.
#[derive(Debug)]
pub(crate) struct Start {
    snapshot: Snapshot,
    name: &'static str,
    /// The test that this belongs to waits for it.
    #[cfg(feature = "testing")]
    _unstarted: crate::testing::Unstarted,
}

impl Start {
    pub(crate) fn new(snapshot: Snapshot, name: &'static str) -> Self {
        Self {
            #[cfg(feature = "testing")]
            _unstarted: crate::testing::Unstarted::new(
                snapshot.shared.as_ref().map_or(0, |shared| shared.scope),
                name,
            ),
            snapshot,
            name,
        }
    }

    pub(crate) fn run<R>(self, work: impl FnOnce() -> R) -> R {
        self.snapshot.run(self.name, work)
    }
}

/// The frame of a closure that goes on in a segment of its own: when that has ended, what was in
/// the slot comes back.
struct Frame {
    displaced: Option<Box<Segment>>,
    /// An option, so that it closes before the displaced segment is put back.
    scope: Option<Scope>,
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let Some(outer) = self.displaced.as_mut().filter(|_| std::thread::panicking()) {
            current_segment::with(|own| own.pass_panic_on(outer));
        }
        let key = self.scope.take().map_or(0, |scope| Begun::of_scope(&scope).key);
        if let Some(displaced) = self.displaced.take() {
            ended_roots::put_back_after(key, displaced);
        }
    }
}

/// Returns the callsite's name in place of a blank one.
fn or_default(name: &'static str) -> &'static str {
    if text::is_blank(name) { CONTINUED.name } else { name }
}

pin_project! {
    /// A future that goes on from a [`Snapshot`]: made by [`Snapshot::future`] and [`TracedFuture::traced`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Continued<F> {
        polled: bool,
        #[pin]
        future: Traced<Going<F>>,
    }
}

impl<F: Future> Future for Continued<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if !std::mem::replace(this.polled, true)
            && let Some(span) = this.future.as_mut().inner().root()
        {
            this.future.as_mut().adopt(span);
        }
        this.future.poll(cx)
    }
}

pin_project! {
    /// A stream that goes on from a [`Snapshot`]: made by [`Snapshot::stream`] and [`TracedStream::traced`].
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct ContinuedStream<S> {
        polled: bool,
        #[pin]
        stream: Streamed<Going<S>>,
    }
}

impl<S: Stream> Stream for ContinuedStream<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if !std::mem::replace(this.polled, true)
            && let Some(span) = this.stream.as_mut().inner().root()
        {
            this.stream.as_mut().adopt(span);
        }
        this.stream.poll_next(cx)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S: FusedStream> FusedStream for ContinuedStream<S> {
    fn is_terminated(&self) -> bool {
        self.stream.is_terminated()
    }
}

pin_project! {
    /// Opens the child, if it is to be one, at the first poll.
    #[derive(Debug)]
    struct Going<F> {
        start: Option<Start>,
        #[pin]
        wrapped: F,
    }
}

impl<F> Going<F> {
    /// The span of a segment of its own, if it is to be one: the wrapper swaps that in. A child is
    /// opened within the wrapper's poll.
    fn root(self: Pin<&mut Self>) -> Option<Span> {
        let start = self.project().start;
        let (begun, mut segment) =
            start.as_ref().and_then(|start| start.snapshot.root(start.name))?;
        segment.run_as_future();
        *start = None;
        Some(Span::of_root(begun, Some(segment)))
    }

    fn begin_child(start: &mut Option<Start>) {
        if let Some(start) = start.take() {
            scope::begin_for_future(|| start.snapshot.child(start.name).unwrap_or_default());
        }
    }
}

impl<F: Future> Future for Going<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        Self::begin_child(this.start);
        this.wrapped.poll(cx)
    }
}

impl<S: Stream> Stream for Going<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        Self::begin_child(this.start);
        this.wrapped.poll_next(cx)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.wrapped.size_hint()
    }
}

impl<S: FusedStream> FusedStream for Going<S> {
    fn is_terminated(&self) -> bool {
        self.wrapped.is_terminated()
    }
}

/// `.traced("name")` on futures.
pub trait TracedFuture: Future + Sized {
    /// Takes a snapshot now and makes the future go on from it, wherever it is polled. The name
    /// should be one of few: a segment's root with a ref becomes an endpoint.
    ///
    /// ```
    /// use skywalking_runtime::TracedFuture as _;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let part = tokio::spawn(async { 42 }.traced("work.part"));
    /// assert_eq!(part.await.unwrap(), 42);
    /// # });
    /// ```
    fn traced(self, name: &'static str) -> Continued<Self> {
        capture().future(name, self)
    }
}

impl<F: Future> TracedFuture for F {}

/// `.traced("name")` on streams.
pub trait TracedStream: Stream + Sized {
    /// Takes a snapshot now and makes the stream go on from it, wherever it is polled: one span
    /// over all of its items.
    ///
    /// ```
    /// use futures::StreamExt as _;
    /// use skywalking_runtime::TracedStream as _;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let rows = futures::stream::iter([1, 2, 3]).traced("rows");
    /// let sum = tokio::spawn(rows.fold(0, |sum, row| async move { sum + row }));
    /// assert_eq!(sum.await.unwrap(), 6);
    /// # });
    /// ```
    fn traced(self, name: &'static str) -> ContinuedStream<Self> {
        capture().stream(name, self)
    }
}

impl<S: Stream> TracedStream for S {}

/// `.traced("name")` on closures, for threads and pools.
pub trait TracedFn<R>: FnOnce() -> R + Sized {
    /// Takes a snapshot now and makes the closure go on from it, wherever it is called.
    ///
    /// ```
    /// use skywalking_runtime::TracedFn as _;
    ///
    /// let part = std::thread::spawn((|| 42).traced("work.part"));
    /// assert_eq!(part.join().unwrap(), 42);
    /// ```
    fn traced(self, name: &'static str) -> impl FnOnce() -> R {
        let start = Start::new(capture(), name);
        move || start.run(self)
    }
}

impl<R, F: FnOnce() -> R> TracedFn<R> for F {}
