//! What goes on with a trace besides the trace itself: to the next process in headers, to tasks and threads in a copy. A request that
//! is not sampled passes it on all the same.

use super::correlation::Correlation;

/// What a segment passes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    /// What the program sends along.
    pub(crate) correlation: Correlation,
    /// The OAP shall store the trace and make no metrics of it.
    pub(crate) skip_analysis: bool,
}

impl Passed {
    /// Forgets everything and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.correlation.clear();
        self.skip_analysis = false;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.correlation.is_empty() && !self.skip_analysis
    }
}
