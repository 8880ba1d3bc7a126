//! The signal that ends a collector.

use tokio::sync::watch;

/// Signals shutdown to any number of tasks, once and for good.
#[derive(Debug, Default)]
pub(crate) struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    /// Starts the shutdown.
    pub(crate) fn start(&self) {
        self.0.send_replace(true);
    }

    /// Completes when the shutdown starts. Completes at once if it has started already.
    pub(crate) async fn started(&self) {
        // The sender is in `self`, so the channel can't be closed.
        let _ = self.0.subscribe().wait_for(|started| *started).await;
    }
}
