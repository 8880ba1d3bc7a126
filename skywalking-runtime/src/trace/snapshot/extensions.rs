//! `.traced("name")` on futures, streams and closures.

use std::future::Future;

use futures_core::stream::Stream;

use super::{Continued, ContinuedStream, Start, capture};

/// Adds `.traced("name")` to futures.
pub trait TracedFuture: Future + Sized {
    /// Takes a snapshot now and continues from it wherever the future is polled. Use few names: a
    /// root with a reference becomes an endpoint.
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

/// Adds `.traced("name")` to streams.
pub trait TracedStream: Stream + Sized {
    /// Takes a snapshot now and continues from it wherever the stream is polled. One span covers
    /// all items.
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

/// Adds `.traced("name")` to closures, for threads and pools.
pub trait TracedFn<R>: FnOnce() -> R + Sized {
    /// Takes a snapshot now and continues from it wherever the closure is called.
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
