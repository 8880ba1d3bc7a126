//! What is kept of the requests that the sampler leaves out.

use std::time::Duration;

#[cfg(feature = "agent")]
use super::Config;
#[cfg(feature = "agent")]
use crate::error::Error;
#[cfg(feature = "agent")]
use crate::queue::Budget;

/// What is kept of the requests that the sampler leaves out: [`Config::tail_sampling`].
///
/// ```
/// use std::time::Duration;
/// use skywalking_runtime::{Config, config::{Reporter, Sampling, TailSampling}};
///
/// let _agent = Config::new("shop")
///     .reporter(Reporter::Discard)
///     .sampling(Sampling::rate(0.01))
///     .tail_sampling(TailSampling::errors().slower_than(Duration::from_secs(1)))
///     .start()?;
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "it is a setting: give it to `Config::tail_sampling`"]
pub struct TailSampling {
    pub(crate) slower_than: Option<Duration>,
    pub(crate) max_buffer_bytes: usize,
    pub(crate) max_buffer_segments: usize,
}

impl TailSampling {
    /// Those with an error: a span that failed, in any segment of the request that has ended by the
    /// end of its first span.
    pub const fn errors() -> Self {
        Self {
            slower_than: None,
            max_buffer_bytes: 4 * 1024 * 1024,
            max_buffer_segments: usize::MAX,
        }
    }

    /// Also those whose first span took longer.
    pub const fn slower_than(mut self, duration: Duration) -> Self {
        self.slower_than = Some(duration);
        self
    }

    /// Bytes of segments that may wait for the end of their request, 4 MiB unless set, and at most
    /// a quarter of [`max_queue_bytes`](Config::max_queue_bytes) and of
    /// [`max_queue_segments`](Config::max_queue_segments). Above it the oldest is dropped, and counted as
    /// [`Diagnostic::TailBufferFull`](crate::stats::Diagnostic::TailBufferFull).
    pub const fn max_buffer_bytes(mut self, bytes: usize) -> Self {
        self.max_buffer_bytes = bytes;
        self
    }

    #[cfg(feature = "agent")]
    /// The same within what may wait for the reporter altogether, of which it takes its part.
    pub(super) fn within(self, queue: Budget) -> Result<Self, Error> {
        if self.max_buffer_bytes == 0 {
            return Err(Error::ZeroLimit { setting: "TailSampling::max_buffer_bytes" });
        }
        Ok(Self {
            max_buffer_bytes: self.max_buffer_bytes.min(queue.bytes / 4),
            max_buffer_segments: (queue.segments / 4).max(1),
            ..self
        })
    }
}

#[cfg(feature = "agent")]
impl Config {
    /// Keeps what goes wrong with requests that the sampler leaves out, but not with those that a
    /// list or the limit of open segments does. Off unless set.
    ///
    /// Such a request is recorded all the same, and writes no `sw8`, as one that is left out. When
    /// its first span has ended, its segments of **this process** are sent if one of them holds
    /// an error or if it took too long, and dropped as [`not_kept`](crate::stats::Dropped::not_kept)
    /// otherwise.
    ///
    /// **Other processes are not included**: they know nothing of it, and what they did for such a
    /// request is not in its trace. The tool for whole traces is the OAP's own sampling,
    /// `trace-sampling-policy-settings.yml`, with an agent that records everything: see
    /// [Tail sampling](crate::docs::concepts#tail-sampling).
    ///
    /// It costs what recording costs, but for encoding and sending.
    pub fn tail_sampling(mut self, keep: TailSampling) -> Self {
        self.settings.tail_sampling = Some(keep);
        self
    }
}
