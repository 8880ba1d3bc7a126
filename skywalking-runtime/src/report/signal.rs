//! The kinds of data that the reporter sends in batches. Each has a lane of its own in the worker.

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Segments of traces.
    Segments,
    /// A second kind, for the tests of lanes.
    #[cfg(test)]
    Other,
}

impl Signal {
    /// Returns how many bytes may be in flight. One batch more may be sent when they are nearly
    /// used.
    pub(super) fn bytes_in_flight(self) -> usize {
        16 * 1024 * 1024
    }
}
