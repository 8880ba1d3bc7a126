//! A span that runs in steps: for middleware that is called, polled and given a body in turn, and
//! has no single future to wrap.

use crate::span::callsite::Callsite;
use crate::trace::deferred_span::Prepared;
use crate::trace::opening::Opening;
use crate::trace::opening_span::OpeningSpan;
use crate::trace::traced::poll_guard::{Outcome, PollGuard};
use crate::trace::traced::span::Span;
use crate::tracer;

/// A span that runs in steps, each on any thread.
/// [`SpanBuilder::resumable`](crate::SpanBuilder::resumable) or [`open`](Self::open) creates it.
///
/// It opens at the first [`run`](Self::run), as a child of the span that is current there or as the
/// first span of a new trace. It is current during each step, and not between them.
/// [`finish`](Self::finish) ends it. If it is dropped unfinished, it ends as cancelled, like a
/// future.
///
/// Steps are closures and never overlap.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, current, span, testing};
///
/// static UPLOAD: Callsite = callsite!(entry, "/upload", layer = http);
///
/// let trees = testing::run(|| {
///     let mut upload = span(&UPLOAD).resumable();
///     upload.run(|| current().tag("size", 3));
///     // Anything may happen here, a move to another thread too.
///     upload.run(|| current().tag("stored", true));
///     upload.finish();
/// });
/// assert_eq!(testing::text(&trees), "Entry /upload layer=Http {size=3, stored=true}\n");
/// ```
#[must_use = "nothing is traced until `run`"]
#[derive(Debug)]
pub struct ResumableSpan {
    prepared: Option<Prepared>,
    span: Span,
}

impl ResumableSpan {
    pub(crate) fn new(prepared: Prepared) -> Self {
        Self { prepared: Some(prepared), span: Span::NEW }
    }

    /// Opens a span now and runs `work` as its first step.
    ///
    /// `describe` writes straight into the segment, and is called only while an agent runs.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, ResumableSpan, callsite, testing};
    ///
    /// static REQUEST: Callsite = callsite!(entry, "HTTP", layer = http);
    ///
    /// let trees = testing::run(|| {
    ///     let headers = String::new(); // whatever came with the request
    ///     let (span, answer) = ResumableSpan::open(&REQUEST, |span| _ = span.extract(&headers).name("GET:/users"), || 42);
    ///     assert_eq!(answer, 42);
    ///     span.finish();
    /// });
    /// assert_eq!(testing::text(&trees), "Entry GET:/users layer=Http\n");
    /// ```
    #[inline]
    pub fn open<R>(
        callsite: &'static Callsite,
        describe: impl FnOnce(&mut OpeningSpan<'_>),
        work: impl FnOnce() -> R,
    ) -> (Self, R) {
        let mut opened = Self { prepared: None, span: Span::NEW };
        let mut frame = PollGuard::of_poll(&mut opened.span);
        if tracer::enabled() {
            let mut opening = Opening::new(callsite);
            describe(&mut OpeningSpan::new(&mut opening));
            opening.begin();
        }
        let done = work();
        frame.outcome = Outcome::Pending;
        drop(frame);
        (opened, done)
    }

    /// Runs a closure as a step of the span. A panic ends the span.
    #[inline]
    pub fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let mut frame = PollGuard::of_poll(&mut self.span);
        Prepared::begin(&mut self.prepared);
        let done = work();
        frame.outcome = Outcome::Pending;
        done
    }

    /// Ends the span as cancelled, and runs `work` inside it, which drops what the span covered.
    ///
    /// A span inside that [merged](crate::docs::concepts#merged-spans) with this one then doesn't
    /// log the cancellation twice. If the span covered nothing that has spans, drop it instead.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, ResumableSpan, callsite, entry_span, testing};
    ///
    /// static REQUEST: Callsite = callsite!(entry, "HTTP", layer = http).fallback();
    ///
    /// #[entry_span(name = "/wait")]
    /// async fn handler() {
    ///     std::future::pending::<()>().await;
    /// }
    ///
    /// # let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    /// let trees = testing::run(|| {
    ///     let mut future = Box::pin(handler());
    ///     let (span, polled) = ResumableSpan::open(&REQUEST, |_| {}, || future.as_mut().poll(&mut cx));
    ///     assert!(polled.is_pending());
    ///     span.cancel(|| drop(future));
    /// });
    /// assert_eq!(testing::text(&trees), "Entry /wait layer=Http [event=cancelled]\n");
    /// ```
    pub fn cancel(mut self, work: impl FnOnce()) {
        self.span.begin_drop();
        work();
    }

    /// Ends the span. One that never ran is not recorded.
    pub fn finish(mut self) {
        if !self.span.finish_root() {
            PollGuard::of_poll(&mut self.span).outcome = Outcome::READY;
        }
    }
}

impl Drop for ResumableSpan {
    fn drop(&mut self) {
        self.span.begin_drop();
    }
}
