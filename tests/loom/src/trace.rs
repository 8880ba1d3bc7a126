//! The callers' half, and as much of its neighbours as it knows.

pub(crate) mod detached;
#[path = "../../../skywalking-runtime/src/trace/outbox/mod.rs"]
pub(crate) mod outbox;
