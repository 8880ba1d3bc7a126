//! Warns of a traced function whose value does its work after the span has ended: a future or a
//! stream behind a name that the attribute can't know.
//!
//! By autoref specialization on [`Made`], as in `returned`: of the five traits the first one that
//! the type has is called, and the methods of four are deprecated, so that rustc warns at the
//! function's return type. The call stands where it never runs. A `Result` or an `Option` counts as
//! what it holds, one level deep.

use std::future::Future;
use std::marker::PhantomData;

use futures_core::stream::Stream;

/// What a traced function makes, by its type.
#[derive(Debug)]
pub struct Made<R: ?Sized>(PhantomData<R>);

impl<R: ?Sized> Made<R> {
    /// By the type alone.
    #[inline]
    pub const fn by_type() -> Self {
        Self(PhantomData)
    }

    /// By a value.
    #[inline]
    pub const fn by_value(_: &R) -> Self {
        Self(PhantomData)
    }
}

/// What may hold the value that a function makes.
pub trait Holds {
    /// The value.
    type Held;
}

impl<T, E> Holds for Result<T, E> {
    type Held = T;
}

impl<T> Holds for Option<T> {
    type Held = T;
}

/// It holds a future.
pub trait MakesHeldFuture {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the future in the returned `Result` or `Option` runs: trace the future itself, or write `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Holds<Held: Future>> MakesHeldFuture for &&&&Made<R> {}

/// It holds a stream.
pub trait MakesHeldStream {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the stream in the returned `Result` or `Option` runs: trace the stream itself, or write `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Holds<Held: Stream>> MakesHeldStream for &&&Made<R> {}

/// It is a future.
pub trait MakesFuture {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the returned future runs: write `covers = future`, or `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Future + ?Sized> MakesFuture for &&Made<R> {}

/// It is a stream.
pub trait MakesStream {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the returned stream runs: write `covers = stream`, or `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Stream + ?Sized> MakesStream for &Made<R> {}

/// It is anything else.
pub trait MakesValue {
    /// Does nothing.
    fn __skywalking_made(&self) {}
}

impl<R: ?Sized> MakesValue for Made<R> {}
