//! Tasks of tokio that continue the context of the code that spawns them.

use crate::trace::snapshot::{Start, TracedFuture as _, capture};

/// Spawns a task that continues the current trace, by [`tokio::spawn`].
///
/// # Panics
///
/// Outside of a tokio runtime, as [`tokio::spawn`] itself does.
pub fn spawn<F>(name: &'static str, future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future.traced(name))
}

/// Spawns a local task that continues the current trace, by [`tokio::task::spawn_local`].
///
/// # Panics
///
/// Outside of a `LocalSet` or a local runtime, as [`tokio::task::spawn_local`] itself does.
pub fn spawn_local<F>(name: &'static str, future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: 'static> + 'static,
{
    tokio::task::spawn_local(future.traced(name))
}

/// Runs a closure that continues the current trace, by [`tokio::task::spawn_blocking`].
///
/// # Panics
///
/// Outside of a tokio runtime, as [`tokio::task::spawn_blocking`] itself does.
pub fn spawn_blocking<R: Send + 'static>(
    name: &'static str,
    work: impl FnOnce() -> R + Send + 'static,
) -> tokio::task::JoinHandle<R> {
    let start = Start::new(capture(), name);
    tokio::task::spawn_blocking(move || start.run(work))
}
