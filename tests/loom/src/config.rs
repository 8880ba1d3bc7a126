//! What the runtime's files know of what the user set.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep {
    pub(crate) slower_than: Option<Duration>,
    pub(crate) buffer_bytes: usize,
    pub(crate) buffer_segments: usize,
}
