//! What is propagated with a trace besides its ids: in headers to other processes, as a copy to
//! tasks and threads. Unsampled requests propagate it too.

use crate::headers::correlation::Correlation;
use crate::headers::w3c::W3cContext;

/// What a segment passes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Baggage {
    /// What the program sends along.
    pub(crate) correlation: Correlation,
    /// The OAP shall store the trace and make no metrics of it.
    pub(crate) skip_analysis: bool,
    /// The context of another tracer, that came in.
    pub(crate) others: Option<W3cContext>,
}

impl Baggage {
    /// Forgets everything and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.correlation.clear();
        self.skip_analysis = false;
        self.others = None;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.correlation.is_empty() && !self.skip_analysis && self.others.is_none()
    }
}
