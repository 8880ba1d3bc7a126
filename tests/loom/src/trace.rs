//! The parts of the runtime's `trace` that its files use.

pub(crate) mod detached;
