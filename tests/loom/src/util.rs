//! What the runtime's files use of its `util`.

pub(crate) mod sync;

pub(crate) mod diagnostics {
    /// What is counted is counted by lone counters of the standard library.
    #[derive(Debug)]
    pub(crate) enum Diagnostic {
        EntryLimit,
        TailBufferFull,
    }
    pub(crate) fn count(_: Diagnostic) {}
    pub(crate) fn count_many(_: Diagnostic, _: u64) {}
}

/// Time stands still, and patience is a moment in it: at 0 it is over.
pub(crate) mod coarse_clock {
    pub(crate) fn now() -> u64 {
        1
    }
    pub(crate) fn expiry(patience: u64) -> u64 {
        patience
    }
}

pub(crate) mod clock {
    pub(crate) fn now() -> u64 {
        1
    }
}
