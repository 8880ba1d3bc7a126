//! The result of a call with several segments or records. Valid ones are stored although others are
//! refused; the agent receives the number of refused ones and the first reason.

/// Collects the results of the segments or records of one call.
#[derive(Debug)]
pub(crate) struct PartialSuccess {
    /// What the call has, in plural.
    noun: &'static str,
    number: u64,
    refused: u64,
    first: Option<(u64, String)>,
}

impl PartialSuccess {
    /// `noun` is what the call has, in plural.
    pub(crate) const fn of(noun: &'static str) -> Self {
        Self { noun, number: 0, refused: 0, first: None }
    }

    /// Adds the result of the next one.
    pub(crate) fn add<E: ToString>(&mut self, result: Result<(), E>) {
        self.number += 1;
        if let Err(error) = result {
            self.refused += 1;
            self.first.get_or_insert_with(|| (self.number, error.to_string()));
        }
    }

    /// Returns an error if any was refused.
    pub(crate) fn into_result(self) -> Result<(), String> {
        let Some((at, reason)) = self.first else {
            return Ok(());
        };
        let Self { noun, number, refused, .. } = self;
        Err(format!("{refused} of {number} {noun} refused; number {at}: {reason}"))
    }
}
