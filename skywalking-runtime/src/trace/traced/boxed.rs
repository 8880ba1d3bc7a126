//! Wraps a boxed future or stream for `covers`, in a value of its own type.

use std::future::Future;
use std::mem::transmute;
use std::pin::Pin;

use futures_core::stream::Stream;

use crate::trace::deferred_span::Prepared;
use crate::trace::traced::{DeferredFuture, Hook, Streamed, Traced};

/// Implemented for boxed futures, which can be wrapped and boxed again as the same type.
#[diagnostic::on_unimplemented(
    message = "`covers = future` requires `impl Future` or a boxed future, found `{Self}`",
    label = "the traced future would have another type",
    note = "return `impl Future<Output = ..>`, `Pin<Box<dyn Future<Output = ..>>>`, or an alias of it",
    note = "or write `covers = call` to time only the call"
)]
pub trait BoxedFuture<'a>: Sized {
    /// The output of the future.
    type Output;

    /// Wraps the future in a span, with a hook on its output.
    #[must_use]
    fn cover<H: Hook<Self::Output> + Send + Sync + Unpin + 'a>(
        self,
        prepared: Prepared,
        hook: H,
    ) -> Self;
}

/// Implemented for boxed streams, which can be wrapped and boxed again as the same type.
#[diagnostic::on_unimplemented(
    message = "`covers = stream` requires `impl Stream` or a boxed stream, found `{Self}`",
    label = "the traced stream would have another type",
    note = "return `impl Stream<Item = ..>`, `Pin<Box<dyn Stream<Item = ..>>>`, or an alias of it",
    note = "or write `covers = call` to time only the call"
)]
pub trait BoxedStream<'a>: Sized {
    /// The item of the stream.
    type Item;

    /// Wraps the stream in a span, with a hook on each item.
    #[must_use]
    fn cover<H: Hook<Self::Item> + Send + Sync + Unpin + 'a>(
        self,
        prepared: Prepared,
        hook: H,
    ) -> Self;
}

/// Implements both traits for trait objects with these bounds.
macro_rules! boxed {
    ($($bound:ident)*) => {
        impl<'a, T> BoxedFuture<'a> for Pin<Box<dyn Future<Output = T> $(+ $bound)* + 'a>> {
            type Output = T;

            #[allow(unsafe_code, reason = "the one way without `T: 'a`")]
            fn cover<H: Hook<T> + Send + Sync + Unpin + 'a>(self, prepared: Prepared, hook: H) -> Self {
                let wrapped: Pin<Box<dyn Future<Output = T> $(+ $bound)* + '_>> = Box::pin(Traced::hooked(DeferredFuture::new(prepared, self), hook));
                // SAFETY: only the lifetime bound of the trait object changes. What is in it lives as long as `'a`: `self` and `hook` by their own
                // bounds, and all else is `'static`. That can't be written without `T: 'a`, though no `T` is in there: it is what the future gives.
                unsafe { transmute::<Pin<Box<dyn Future<Output = T> $(+ $bound)* + '_>>, Self>(wrapped) }
            }
        }

        impl<'a, T> BoxedFuture<'a> for Box<dyn Future<Output = T> $(+ $bound)* + 'a>
        where
            Pin<Self>: BoxedFuture<'a, Output = T>,
            dyn Future<Output = T> $(+ $bound)* + 'a: Unpin,
        {
            type Output = T;

            fn cover<H: Hook<T> + Send + Sync + Unpin + 'a>(self, prepared: Prepared, hook: H) -> Self {
                Pin::into_inner(Pin::from(self).cover(prepared, hook))
            }
        }

        impl<'a, T> BoxedStream<'a> for Pin<Box<dyn Stream<Item = T> $(+ $bound)* + 'a>> {
            type Item = T;

            #[allow(unsafe_code, reason = "the one way without `T: 'a`")]
            fn cover<H: Hook<T> + Send + Sync + Unpin + 'a>(self, prepared: Prepared, hook: H) -> Self {
                let wrapped: Pin<Box<dyn Stream<Item = T> $(+ $bound)* + '_>> = Box::pin(Streamed::new(prepared, self, hook));
                // SAFETY: as above.
                unsafe { transmute::<Pin<Box<dyn Stream<Item = T> $(+ $bound)* + '_>>, Self>(wrapped) }
            }
        }

        impl<'a, T> BoxedStream<'a> for Box<dyn Stream<Item = T> $(+ $bound)* + 'a>
        where
            Pin<Self>: BoxedStream<'a, Item = T>,
            dyn Stream<Item = T> $(+ $bound)* + 'a: Unpin,
        {
            type Item = T;

            fn cover<H: Hook<T> + Send + Sync + Unpin + 'a>(self, prepared: Prepared, hook: H) -> Self {
                Pin::into_inner(Pin::from(self).cover(prepared, hook))
            }
        }
    };
}
boxed!();
boxed!(Send);
boxed!(Sync);
boxed!(Send Sync);
boxed!(Unpin);
boxed!(Send Unpin);
boxed!(Sync Unpin);
boxed!(Send Sync Unpin);
