//! Spans that are entered several times. Updates the model at each step, when a step ends, and when
//! a span is dropped.

use std::future::Future;
use std::mem::forget;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures::Stream;
use futures::stream::BoxStream;
use skywalking_runtime::current;

use super::executor::{Boxed, Executor, lock};
use super::reference::{Model, OpenedSpan, Place};

/// The model's state of a span that is entered several times.
#[derive(Clone)]
pub(crate) struct ModelledSpan {
    pub(crate) executor: Executor,
    note: Arc<Mutex<Note>>,
}

#[derive(Default)]
struct Note {
    /// `None` if no span was opened, or if it has ended.
    own: Option<OpenedSpan>,
    /// The unique name for a span that continues in a new segment, where it has the callsite's
    /// name.
    rename: Option<String>,
}

impl ModelledSpan {
    pub(crate) fn new(executor: &Executor) -> Self {
        Self { executor: executor.clone(), note: Arc::default() }
    }

    /// Sets the opened span.
    pub(crate) fn opened(&self, own: Option<OpenedSpan>) {
        lock(&self.note).own = own;
    }

    /// Runs at the beginning of each step, inside of the span.
    pub(crate) fn inside(&self) {
        let rename = lock(&self.note).rename.take();
        if let Some(name) = rename {
            current().set_name(name);
        }
    }

    /// Runs one step. `is_over` is called inside of the span, and returns true for the last one.
    pub(crate) fn turn<R>(&self, work: impl FnOnce() -> R, is_over: impl FnOnce(&R) -> bool) -> R {
        let before = {
            let (mut model, mut note) = (self.executor.model(), lock(&self.note));
            let before = model.now;
            if let Some(own) = &mut note.own {
                let name = model.name();
                if model.enter(own, &name) {
                    note.rename = Some(name);
                }
            }
            before
        };
        let unwinding = Unwinding { modelled: self, before };
        let done = work();
        forget(unwinding);
        let is_over = is_over(&done);
        self.leave(|model, own| {
            model.leave(own, before, is_over);
            !is_over
        });
        done
    }

    /// Ends a step. `end` returns true if another one may follow.
    fn leave(&self, end: impl FnOnce(&mut Model, &mut OpenedSpan) -> bool) {
        let (mut model, mut note) = (self.executor.model(), lock(&self.note));
        if let Some(mut own) = note.own.take()
            && end(&mut model, &mut own)
        {
            note.own = Some(own);
        }
    }

    /// Runs `work`, which drops what the span covers, and ends the span with `end`. Without a span,
    /// only runs `work`.
    pub(crate) fn drop(
        &self,
        work: impl FnOnce(),
        end: impl FnOnce(&mut Model, &mut OpenedSpan, Place),
    ) {
        let mut own = lock(&self.note).own.take();
        let before = self.executor.model().now;
        let entered = own.as_mut().is_some_and(|own| self.executor.model().begin_drop(own));
        work();
        if entered && let Some(mut own) = own {
            end(&mut self.executor.model(), &mut own, before);
        }
    }
}

struct Unwinding<'a> {
    modelled: &'a ModelledSpan,
    before: Place,
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        self.modelled.leave(|model, own| {
            model.panicked(own, self.before);
            false
        });
    }
}

/// A future with a span, in the tracer and in the model.
pub(crate) struct ModelledFuture {
    pub(crate) modelled: ModelledSpan,
    pub(crate) future: Option<Boxed>,
}

impl Future for ModelledFuture {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let Some(future) = this.future.as_mut() else { return Poll::Ready(()) };
        let polled = this.modelled.turn(|| future.as_mut().poll(cx), Poll::is_ready);
        if polled.is_ready() {
            this.future = None;
        }
        polled
    }
}

impl Drop for ModelledFuture {
    fn drop(&mut self) {
        let future = &mut self.future;
        self.modelled.drop(|| *future = None, Model::cancelled);
    }
}

/// A stream with a span, in the tracer and in the model.
pub(crate) struct ModelledStream {
    pub(crate) modelled: ModelledSpan,
    pub(crate) stream: Option<BoxStream<'static, ()>>,
    pub(crate) items: u64,
    pub(crate) awaited: bool,
}

impl ModelledStream {
    /// Returns the next item, or `None`.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<()>> {
        let Some(stream) = self.stream.as_mut() else { return Poll::Ready(None) };
        let (items, executor) = (&mut self.items, &self.modelled.executor);
        let polled = self.modelled.turn(
            || stream.as_mut().poll_next(cx),
            |polled| {
                let is_over = matches!(polled, Poll::Ready(None));
                if is_over {
                    executor.model().tag("items", &items.to_string());
                }
                is_over
            },
        );
        self.awaited = polled.is_pending();
        if polled == Poll::Ready(Some(())) {
            *items += 1;
        }
        polled
    }
}

impl Drop for ModelledStream {
    fn drop(&mut self) {
        let (stream, awaited, items) = (&mut self.stream, self.awaited, self.items);
        self.modelled.drop(
            || *stream = None,
            |model, own, before| {
                model.tag("items", &items.to_string());
                // A reader may stop between two items.
                if awaited {
                    model.cancelled(own, before);
                } else {
                    model.leave(own, before, true);
                }
            },
        );
    }
}

/// The future or stream that a span covers.
pub(crate) struct Inner<T> {
    pub(crate) modelled: ModelledSpan,
    pub(crate) work: Pin<Box<T>>,
}

impl<T: Future> Future for Inner<T> {
    type Output = T::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T::Output> {
        let this = self.get_mut();
        this.modelled.inside();
        this.work.as_mut().poll(cx)
    }
}

impl<T: Stream> Stream for Inner<T> {
    type Item = T::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T::Item>> {
        let this = self.get_mut();
        this.modelled.inside();
        this.work.as_mut().poll_next(cx)
    }
}
