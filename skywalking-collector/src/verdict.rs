//! What became of the segments of one call: each is judged alone, what is good is kept, and the
//! sender of anything bad hears how much of it there was, and the first reason.

/// Counts segments as they are judged.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    segments: u64,
    refused: u64,
    first: Option<(u64, String)>,
}

impl Verdict {
    pub(crate) fn add<R: ToString>(&mut self, taken: Result<(), R>) {
        self.segments += 1;
        if let Err(refusal) = taken {
            self.refused += 1;
            self.first.get_or_insert_with(|| (self.segments, refusal.to_string()));
        }
    }

    /// The reason, if anything was refused.
    pub(crate) fn result(self) -> Result<(), String> {
        let Some((at, refusal)) = self.first else {
            return Ok(());
        };
        let Self { segments, refused, .. } = self;
        Err(format!("{refused} of {segments} segments refused; number {at}: {refusal}"))
    }
}
