//! Warns about a traced function whose value does its work after the span has ended: a future or a
//! stream behind a type name that the attribute cannot know.
//!
//! Uses autoref specialization on [`Made`], as [`autoref`](crate::trace::autoref) does. The first
//! of the five traits that the type implements is called. The methods of four are deprecated, so
//! that rustc warns at the function's return type. The call is in code that never runs. A `Result`
//! or an `Option` counts as its content, one level deep.

use std::future::Future;
use std::marker::PhantomData;

use futures_core::stream::Stream;

/// The type of the value that a traced function returns.
#[derive(Debug)]
pub struct Made<R: ?Sized>(PhantomData<R>);

impl<R: ?Sized> Made<R> {
    /// Takes the type alone.
    #[inline]
    pub const fn by_type() -> Self {
        Self(PhantomData)
    }

    /// Takes the type of a value.
    #[inline]
    pub const fn by_value(_: &R) -> Self {
        Self(PhantomData)
    }
}

/// A type that can hold the value of a function.
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

/// Implemented if the type holds a future.
pub trait MakesHeldFuture {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the future in the returned `Result` or `Option` runs: trace the future itself, or write `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Holds<Held: Future>> MakesHeldFuture for &&&&Made<R> {}

/// Implemented if the type holds a stream.
pub trait MakesHeldStream {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the stream in the returned `Result` or `Option` runs: trace the stream itself, or write `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Holds<Held: Stream>> MakesHeldStream for &&&Made<R> {}

/// Implemented if the type is a future.
pub trait MakesFuture {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the returned future runs: write `covers = future`, or `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Future + ?Sized> MakesFuture for &&Made<R> {}

/// Implemented if the type is a stream.
pub trait MakesStream {
    /// Makes rustc warn.
    #[deprecated(
        note = "the span ends before the returned stream runs: write `covers = stream`, or `covers = call` to time only this call"
    )]
    fn __skywalking_made(&self) {}
}

impl<R: Stream + ?Sized> MakesStream for &Made<R> {}

/// Implemented for all other types.
pub trait MakesValue {
    /// Does nothing.
    fn __skywalking_made(&self) {}
}

impl<R: ?Sized> MakesValue for Made<R> {}
