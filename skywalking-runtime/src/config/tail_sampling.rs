//! The settings of tail sampling.

use std::time::Duration;

#[cfg(feature = "agent")]
use super::Config;
#[cfg(feature = "agent")]
use crate::error::Error;
#[cfg(feature = "agent")]
use crate::queue::Budget;

/// Which requests tail sampling sends: [`Config::tail_sampling`].
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
#[must_use = "pass it to `Config::tail_sampling`"]
pub struct TailSampling {
    pub(crate) slower_than: Option<Duration>,
    pub(crate) max_buffer_bytes: usize,
    pub(crate) max_buffer_segments: usize,
}

impl TailSampling {
    /// Sends requests with an error: a failed span in any of their segments that have ended when
    /// their first span ends.
    pub const fn errors() -> Self {
        Self {
            slower_than: None,
            max_buffer_bytes: 4 * 1024 * 1024,
            max_buffer_segments: usize::MAX,
        }
    }

    /// Also sends requests whose first span took longer than this.
    pub const fn slower_than(mut self, duration: Duration) -> Self {
        self.slower_than = Some(duration);
        self
    }

    /// Sets how many bytes of segments can wait for the end of their request. Default: 4 MiB, and
    /// at most a quarter of [`max_queue_bytes`](Config::max_queue_bytes) and of
    /// [`max_queue_segments`](Config::max_queue_segments).
    ///
    /// Above the limit the oldest segment is dropped, and counted as
    /// [`Diagnostic::TailBufferFull`](crate::stats::Diagnostic::TailBufferFull).
    pub const fn max_buffer_bytes(mut self, bytes: usize) -> Self {
        self.max_buffer_bytes = bytes;
        self
    }

    #[cfg(feature = "agent")]
    /// Limits the buffer to its part of the queue.
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
    /// Enables tail sampling: requests that the sampler rejects are still sent if they fail or are
    /// slow. Default: off.
    ///
    /// Requests that are excluded by an ignore list or by the limit of open segments are not sent.
    ///
    /// A rejected request is recorded, but its calls send no `sw8`, like those of any unsampled
    /// request. When its first span has ended, its segments of **this process** are sent if one of
    /// them failed or the request was slow. Otherwise they are dropped as
    /// [`not_kept`](crate::stats::Dropped::not_kept).
    ///
    /// **Other processes are not included**: their segments of such a request are not in its trace.
    /// To sample whole traces, use the OAP's own sampling, `trace-sampling-policy-settings.yml`,
    /// with an agent that records everything. See
    /// [Tail sampling](crate::docs::concepts#tail-sampling).
    ///
    /// The cost is that of recording, without encoding and sending.
    pub fn tail_sampling(mut self, tail_sampling: TailSampling) -> Self {
        self.settings.tail_sampling = Some(tail_sampling);
        self
    }
}
