//! Runs calls that block in the operating system, each on a thread of its own. tokio's pool for
//! such calls panics if no thread can be created, and keeps the descriptors of its runtime while a
//! call hangs.

use std::io;

use tokio::sync::oneshot;

use crate::sys;

/// Runs `work` on a thread with this name and waits for its result. Whoever stops waiting leaves
/// the thread to itself.
pub(crate) async fn offload<R: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> R + Send + 'static,
) -> io::Result<R> {
    let (sender, receiver) = oneshot::channel();
    sys::spawn(name, move || {
        // Nobody waits any more, if this fails.
        let _ = sender.send(work());
    })?;
    receiver.await.map_err(|_| io::Error::other("the thread ended without a result"))
}
