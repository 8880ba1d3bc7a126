//! The parts of the runtime's `util` that its files use.

#[path = "../../../skywalking-runtime/src/util/exchange_cell.rs"]
pub(crate) mod exchange_cell;
#[path = "../../../skywalking-runtime/src/util/push_list.rs"]
pub(crate) mod push_list;
#[path = "../../../skywalking-runtime/src/util/static_list.rs"]
pub(crate) mod static_list;
pub(crate) mod sync;

pub(crate) mod diagnostics {
    /// Counted by independent counters of the standard library.
    #[derive(Debug)]
    pub(crate) enum Diagnostic {
        EntryLimit,
        TailBufferFull,
    }
    pub(crate) fn count(_: Diagnostic) {}
    pub(crate) fn count_many(_: Diagnostic, _: u64) {}
}

/// Time stands still: a timeout of 0 has expired, and every other one has not.
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
