//! The settings that the runtime's files use.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) struct TailSampling {
    pub(crate) slower_than: Option<Duration>,
    pub(crate) max_buffer_bytes: usize,
    pub(crate) max_buffer_segments: usize,
}
