//! Spans that are worked on in turns, told to the model: which turn begins, how it ends, and what
//! becomes of what is dropped.

use std::future::Future;
use std::mem::forget;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures::Stream;
use futures::stream::BoxStream;
use skywalking_runtime::current;

use super::executor::{Boxed, World, lock};
use super::reference::{Model, Own, Place};

/// The model's side of a span that is worked on in turns.
#[derive(Clone)]
pub(crate) struct Turns {
    pub(crate) world: World,
    note: Arc<Mutex<Note>>,
}

#[derive(Default)]
struct Note {
    /// None: no span was opened, or it is over.
    own: Option<Own>,
    /// What goes on in a segment of its own has its callsite's name: it is to be called this.
    rename: Option<String>,
}

impl Turns {
    pub(crate) fn new(world: &World) -> Self {
        Self { world: world.clone(), note: Arc::default() }
    }

    /// The span has been opened.
    pub(crate) fn opened(&self, own: Option<Own>) {
        lock(&self.note).own = own;
    }

    /// What runs now is inside of the span.
    pub(crate) fn inside(&self) {
        let rename = lock(&self.note).rename.take();
        if let Some(name) = rename {
            current().set_name(name);
        }
    }

    /// One turn. `is_over` is asked inside of the span whether it was the last.
    pub(crate) fn turn<R>(&self, work: impl FnOnce() -> R, is_over: impl FnOnce(&R) -> bool) -> R {
        let before = {
            let (mut model, mut note) = (self.world.model(), lock(&self.note));
            let before = model.now;
            if let Some(own) = &mut note.own {
                let name = model.name();
                if model.enter(own, &name) {
                    note.rename = Some(name);
                }
            }
            before
        };
        let unwinding = Unwinding { turns: self, before };
        let done = work();
        forget(unwinding);
        let is_over = is_over(&done);
        self.leave(|model, own| {
            model.leave(own, before, is_over);
            !is_over
        });
        done
    }

    /// The turn ends: `end` says whether there may be more.
    fn leave(&self, end: impl FnOnce(&mut Model, &mut Own) -> bool) {
        let (mut model, mut note) = (self.world.model(), lock(&self.note));
        if let Some(mut own) = note.own.take()
            && end(&mut model, &mut own)
        {
            note.own = Some(own);
        }
    }

    /// What the span covers is dropped by `work`, and it ends as `end` says. Without a span only
    /// the former.
    pub(crate) fn drop(&self, work: impl FnOnce(), end: impl FnOnce(&mut Model, &mut Own, Place)) {
        let mut own = lock(&self.note).own.take();
        let before = self.world.model().now;
        let entered = own.as_mut().is_some_and(|own| self.world.model().begin_drop(own));
        work();
        if entered && let Some(mut own) = own {
            end(&mut self.world.model(), &mut own, before);
        }
    }
}

struct Unwinding<'a> {
    turns: &'a Turns,
    before: Place,
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        self.turns.leave(|model, own| {
            model.panicked(own, self.before);
            false
        });
    }
}

/// A future with a span.
pub(crate) struct Told {
    pub(crate) turns: Turns,
    pub(crate) future: Option<Boxed>,
}

impl Future for Told {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let Some(future) = this.future.as_mut() else { return Poll::Ready(()) };
        let polled = this.turns.turn(|| future.as_mut().poll(cx), Poll::is_ready);
        if polled.is_ready() {
            this.future = None;
        }
        polled
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        let future = &mut self.future;
        self.turns.drop(|| *future = None, Model::cancelled);
    }
}

/// A stream with a span.
pub(crate) struct ToldStream {
    pub(crate) turns: Turns,
    pub(crate) stream: Option<BoxStream<'static, ()>>,
    pub(crate) items: u64,
    pub(crate) awaited: bool,
}

impl ToldStream {
    /// The next item, or none.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<()>> {
        let Some(stream) = self.stream.as_mut() else { return Poll::Ready(None) };
        let (items, world) = (&mut self.items, &self.turns.world);
        let polled = self.turns.turn(
            || stream.as_mut().poll_next(cx),
            |polled| {
                let is_over = matches!(polled, Poll::Ready(None));
                if is_over {
                    world.model().tag("items", &items.to_string());
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

impl Drop for ToldStream {
    fn drop(&mut self) {
        let (stream, awaited, items) = (&mut self.stream, self.awaited, self.items);
        self.turns.drop(
            || *stream = None,
            |model, own, before| {
                model.tag("items", &items.to_string());
                // Between two items to stop is the reader's right.
                if awaited {
                    model.cancelled(own, before);
                } else {
                    model.leave(own, before, true);
                }
            },
        );
    }
}

/// What a span covers.
pub(crate) struct Inner<T> {
    pub(crate) turns: Turns,
    pub(crate) work: Pin<Box<T>>,
}

impl<T: Future> Future for Inner<T> {
    type Output = T::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T::Output> {
        let this = self.get_mut();
        this.turns.inside();
        this.work.as_mut().poll(cx)
    }
}

impl<T: Stream> Stream for Inner<T> {
    type Item = T::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T::Item>> {
        let this = self.get_mut();
        this.turns.inside();
        this.work.as_mut().poll_next(cx)
    }
}
