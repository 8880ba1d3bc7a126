//! The state that a segment and the handle of one of its spans share.

#[path = "../../../../skywalking-runtime/src/trace/detached/cell.rs"]
pub(crate) mod cell;

pub(crate) use cell::{Detached, Ending, Entry};
