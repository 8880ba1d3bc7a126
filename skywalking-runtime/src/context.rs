//! The current segment of a thread, and what threads and tasks leave for each other.
#![deny(clippy::disallowed_types)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

pub(crate) mod begun;
pub(crate) mod current_segment;
pub(crate) mod ended_roots;
pub(crate) mod other_task;
pub(crate) mod quiet;
pub(crate) mod thread_state;
