//! The baggage of a trace: propagated besides its ids in headers to other processes, and as a copy
//! to tasks and threads. Unsampled requests propagate it too.

use crate::headers::correlation::Correlation;
use crate::headers::w3c::W3cContext;

/// What a segment propagates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Baggage {
    /// The program's key-value pairs.
    pub(crate) correlation: Correlation,
    /// Whether the OAP stores the trace without metrics.
    pub(crate) skip_analysis: bool,
    /// The context of another tracer in the request.
    pub(crate) others: Option<W3cContext>,
}

impl Baggage {
    /// Removes everything and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.correlation.clear();
        self.skip_analysis = false;
        self.others = None;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.correlation.is_empty() && !self.skip_analysis && self.others.is_none()
    }
}
