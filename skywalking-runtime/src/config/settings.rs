//! The settings of a running tracer, and their defaults.

use std::sync::Arc;

use crate::config::policies::{Cancelled, Inbound, Orphans, OtherContexts, Overflow};
use crate::config::tail_sampling::TailSampling;
use crate::headers::correlation::Limits;
use crate::queue::Budget;

/// The most bytes of a batch.
#[cfg(feature = "agent")]
pub(crate) const BATCH_BYTES_LIMIT: usize = 64 * 1024 * 1024;

/// The settings that spans use.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The span limit of a segment.
    pub(crate) max_spans_per_segment: u16,
    /// The limit of open segments in the process.
    pub(crate) max_open_segments: usize,
    pub(crate) orphans: Orphans,
    pub(crate) inbound: Inbound,
    pub(crate) others: OtherContexts,
    pub(crate) cancelled: Cancelled,
    /// The limits of correlation pairs.
    pub(crate) correlation: Limits,
    /// The correlation keys whose values become tags.
    pub(crate) correlation_tags: Arc<[&'static str]>,
    /// The age at which a segment is split, in milliseconds.
    pub(crate) max_segment_age: u64,
    /// The requests that are kept although the sampler rejects them.
    pub(crate) tail_sampling: Option<TailSampling>,
    /// The limits of the queue.
    pub(crate) queue: Budget,
    /// Which segments are dropped when the queue is full.
    pub(crate) overflow: Overflow,
    /// A batch is full with this many segments, or with this many bytes.
    pub(crate) batch: Budget,
    pub(crate) reported: Reported,
}

/// What is reported beside segments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reported {
    /// Whether log records are reported.
    pub(crate) logs: bool,
    /// The limit of the queue of log records.
    pub(crate) log_queue_bytes: usize,
    /// Whether the start and the shutdown of the agent are events.
    pub(crate) lifecycle_events: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_spans_per_segment: 300,
            max_open_segments: 50_000,
            orphans: Orphans::Trace,
            inbound: Inbound::Accept,
            others: OtherContexts::Keep,
            cancelled: Cancelled::Note,
            correlation: Limits::DEFAULT,
            correlation_tags: Arc::new([]),
            max_segment_age: 600_000,
            tail_sampling: None,
            queue: Budget { bytes: 16 * 1024 * 1024, segments: 50_000 },
            overflow: Overflow::DropNewest,
            batch: Budget { bytes: 4 * 1024 * 1024, segments: 1_000 },
            reported: Reported {
                logs: true,
                log_queue_bytes: 8 * 1024 * 1024,
                lifecycle_events: true,
            },
        }
    }
}
