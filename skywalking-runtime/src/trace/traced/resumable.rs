//! A span that is worked on in steps: what a middleware needs that is called, polled and handed a
//! body in turn, and has no one future to wrap.

use crate::span::callsite::Callsite;
use crate::trace::describe::Describe;
use crate::trace::opening::Opening;
use crate::trace::orphans::Origin;
use crate::trace::prepared::Prepared;
use crate::trace::traced::frames::{Frame, Outcome};
use crate::trace::traced::span::Span;
use crate::tracer;

/// A span that is worked on in steps, on whatever thread the next step runs.
///
/// It opens at the first [`run`](Self::run), in the context that it finds there
/// ([`Resumable::open`] does both at once), and is current during each of them; between them it is
/// nobody's parent. [`finish`](Self::finish) ends it. Dropped unfinished it counts as cancelled, as
/// a future does.
///
/// ```
/// use skywalking_runtime::{Callsite, Root, callsite, current, testing};
///
/// static UPLOAD: Callsite = callsite!(entry, "/upload", layer = http);
///
/// let trees = testing::run(|| {
///     let mut upload = Root::new(&UPLOAD).resumable();
///     upload.run(|| current().tag("size", 3));
///     // Anything may happen here, a move to another thread too.
///     upload.run(|| current().tag("stored", true));
///     upload.finish();
/// });
/// assert_eq!(testing::text(&trees), "Entry /upload layer=Http {size=3, stored=true}\n");
/// ```
#[must_use = "nothing is traced until `run`"]
#[derive(Debug)]
pub struct Resumable {
    prepared: Option<Prepared>,
    span: Span,
}

impl Resumable {
    pub(crate) fn new(prepared: Prepared) -> Self {
        Self { prepared: Some(prepared), span: Span::NEW }
    }

    /// Opens a span here and now, and runs `work` as its first step. What `describe` says goes
    /// straight into the segment, and is asked for only while a tracer runs.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, Resumable, callsite, testing};
    ///
    /// static REQUEST: Callsite = callsite!(entry, "HTTP", layer = http);
    ///
    /// let trees = testing::run(|| {
    ///     let headers = String::new(); // whatever came with the request
    ///     let (span, answer) = Resumable::open(&REQUEST, |span| _ = span.extract(&headers).name("GET:/users"), || 42);
    ///     assert_eq!(answer, 42);
    ///     span.finish();
    /// });
    /// assert_eq!(testing::text(&trees), "Entry GET:/users layer=Http\n");
    /// ```
    #[inline]
    pub fn open<R>(
        callsite: &'static Callsite,
        describe: impl FnOnce(&mut Describe<'_>),
        work: impl FnOnce() -> R,
    ) -> (Self, R) {
        let mut opened = Self { prepared: None, span: Span::NEW };
        let mut frame = Frame::of_poll(&mut opened.span);
        if tracer::enabled() {
            let mut opening = Opening::of(callsite, Origin::Root);
            describe(&mut Describe::new(&mut opening));
            opening.begin();
        }
        let done = work();
        frame.outcome = Outcome::Pending;
        drop(frame);
        (opened, done)
    }

    /// Runs `work` as a step of this span. If it panics, the span ends with that.
    #[inline]
    pub fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let mut frame = Frame::of_poll(&mut self.span);
        Prepared::begin(&mut self.prepared);
        let done = work();
        frame.outcome = Outcome::Pending;
        done
    }

    /// Ends the span as cancelled, and drops what it covered inside of it: spans in there that
    /// [merged](crate::docs::concepts#merged-spans) with this one don't tell of it again. A
    /// drop of the span alone is for what covered nothing that can have spans.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, Resumable, callsite, entry_span, testing};
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
    ///     let (span, polled) = Resumable::open(&REQUEST, |_| {}, || future.as_mut().poll(&mut cx));
    ///     assert!(polled.is_pending());
    ///     span.cancel(|| drop(future));
    /// });
    /// assert_eq!(testing::text(&trees), "Entry /wait layer=Http [event=cancelled]\n");
    /// ```
    pub fn cancel(mut self, work: impl FnOnce()) {
        self.span.begin_drop();
        work();
    }

    /// Ends the span; one that never ran was never there.
    pub fn finish(mut self) {
        if !self.span.finish_root() {
            Frame::of_poll(&mut self.span).outcome = Outcome::READY;
        }
    }
}

impl Drop for Resumable {
    fn drop(&mut self) {
        self.span.begin_drop();
    }
}
