//! The callers' half, and as much of its neighbours as it knows.

pub(crate) mod detached;
