//! The events of the agent itself: its start and its shutdown.

use crate::reported::event::Event;

/// Reports the start and the shutdown of an agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifecycle {
    is_reported: bool,
}

impl Lifecycle {
    pub(super) fn new(is_reported: bool) -> Self {
        Self { is_reported }
    }

    pub(super) fn started(self) {
        self.report("Start", "the agent started");
    }

    /// Reports the shutdown. Call it before the queue is flushed for the last time.
    pub(super) fn ends(self) {
        self.report("Shutdown", "the agent ends");
    }

    fn report(self, name: &str, message: &str) {
        if self.is_reported {
            Event::new(name)
                .message(message)
                .parameter("language", "rust")
                .parameter("agent.version", env!("CARGO_PKG_VERSION"))
                // The shutdown may run on a thread of the agent.
                .report_anywhere();
        }
    }
}
