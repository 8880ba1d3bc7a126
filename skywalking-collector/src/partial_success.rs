//! The result of a call with several segments. Valid segments are stored although others are
//! refused; the agent receives the number of refused segments and the first reason.

/// Collects the results of the segments of one call.
#[derive(Debug, Default)]
pub(crate) struct PartialSuccess {
    segments: u64,
    refused: u64,
    first: Option<(u64, String)>,
}

impl PartialSuccess {
    /// Adds the result of the next segment.
    pub(crate) fn add<E: ToString>(&mut self, result: Result<(), E>) {
        self.segments += 1;
        if let Err(error) = result {
            self.refused += 1;
            self.first.get_or_insert_with(|| (self.segments, error.to_string()));
        }
    }

    /// Returns an error if any segment was refused.
    pub(crate) fn into_result(self) -> Result<(), String> {
        let Some((at, reason)) = self.first else {
            return Ok(());
        };
        let Self { segments, refused, .. } = self;
        Err(format!("{refused} of {segments} segments refused; number {at}: {reason}"))
    }
}
