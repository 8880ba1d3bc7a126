//! A span that is worked on in steps: what a middleware needs that is called, polled and handed a body in turn, and has no one future to
//! wrap.

use super::frames::{Frame, Outcome};
use super::span::Span;
use crate::trace::prepared::Prepared;

/// A span that is worked on in steps, on whatever thread the next step runs.
///
/// It opens at the first [`run`](Self::run), in the context that it finds there, and is current during each of them; between them it is
/// nobody's parent. [`finish`](Self::finish) ends it. Dropped unfinished it counts as cancelled, as a future does.
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
    pub(in crate::trace) fn new(prepared: Prepared) -> Self {
        Self { prepared: Some(prepared), span: Span::NEW }
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

    /// Ends the span; one that never ran was never there.
    pub fn finish(mut self) {
        Frame::of_poll(&mut self.span).outcome = Outcome::READY;
    }
}

impl Drop for Resumable {
    fn drop(&mut self) {
        self.span.begin_drop();
    }
}
