//! The current segment of a thread, and what threads and tasks keep for it.
#![deny(clippy::disallowed_types)]

pub(crate) mod begun;
pub(crate) mod current_segment;
pub(crate) mod ended_roots;
pub(crate) mod entered;
pub(crate) mod frames;
pub(crate) mod other_task;
pub(crate) mod parking;
pub(crate) mod quiet;
pub(crate) mod thread_state;
