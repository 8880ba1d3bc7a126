//! Runs calls that block in the operating system, each on its own thread.
//!
//! tokio's pool for such calls panics if no thread can be created, and keeps the file descriptors
//! of its runtime open while a call hangs.

use std::io;

use tokio::sync::oneshot;

use crate::sys;

/// Runs `work` on a thread with this name and waits for the result. If the future is dropped, the
/// thread continues.
pub(crate) async fn offload<R: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> R + Send + 'static,
) -> io::Result<R> {
    let (sender, receiver) = oneshot::channel();
    sys::spawn(name, move || {
        // Fails if the future was dropped.
        let _ = sender.send(work());
    })?;
    receiver.await.map_err(|_| io::Error::other("the thread ended without a result"))
}
