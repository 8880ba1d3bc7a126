//! The current segment of a thread, and what threads and tasks leave for each other.
#![deny(clippy::disallowed_types)]

pub(crate) mod current_segment;
pub(crate) mod ended_roots;
pub(crate) mod quiet;
pub(crate) mod root_task;
pub(crate) mod thread_state;
