//! Reports the state of tokio runtimes to SkyWalking, as meters of the runtime.
//!
//! ```
//! use skywalking_runtime::meter;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
//! skywalking_tokio::register(runtime.handle(), "main")?;
//!
//! let workers = meter::read().into_iter().find(|meter| meter.name.ends_with("_workers")).unwrap();
//! assert_eq!(workers.labels, [("runtime".to_owned(), "main".to_owned())]);
//! assert_eq!(workers.value, meter::Value::Gauge(2.0));
//! # Ok(())
//! # }
//! ```
//!
//! | meter | value |
//! | --- | --- |
//! | `instance_rust_tokio_workers` | worker threads |
//! | `instance_rust_tokio_alive_tasks` | tasks that have not ended |
//! | `instance_rust_tokio_global_queue_depth` | tasks that wait in the queue of the runtime |
//! | `instance_rust_tokio_busy_percent` | the time that the workers ran tasks since the last report: 100 if all of them did so all the time |
//! | `instance_rust_tokio_blocking_threads` | threads of `spawn_blocking`, with `--cfg tokio_unstable` |
//! | `instance_rust_tokio_blocking_queue_depth` | calls that wait for such a thread, with `--cfg tokio_unstable` |
//!
//! Each has the label `runtime`. `docs/oap` in the repository has rules that show them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use skywalking_runtime::meter::{MeterError, gauge};
use tokio::runtime::{Handle, RuntimeMetrics};

/// Registers the meters of a runtime under this name, which becomes the label `runtime`.
///
/// The meters exist until the process ends. Once the runtime was shut down, they keep its last
/// values.
///
/// # Errors
///
/// Fails if a runtime with this name is registered, or if the limit of meters is reached.
pub fn register(handle: &Handle, name: impl Into<String>) -> Result<(), MeterError> {
    let (metrics, name) = (handle.metrics(), name.into());
    let add = |meter: &str, read: Read| {
        let metrics = metrics.clone();
        gauge(format!("instance_rust_tokio_{meter}"), move || read(&metrics))
            .label("runtime", &name)
            .register()
    };
    add("workers", |metrics| count(metrics.num_workers()))?;
    add("alive_tasks", |metrics| count(metrics.num_alive_tasks()))?;
    add("global_queue_depth", |metrics| count(metrics.global_queue_depth()))?;
    #[cfg(tokio_unstable)]
    {
        add("blocking_threads", |metrics| count(metrics.num_blocking_threads()))?;
        add("blocking_queue_depth", |metrics| count(metrics.blocking_queue_depth()))?;
    }
    #[cfg(target_has_atomic = "64")]
    {
        let busy = Busy::new(busy_time(&metrics));
        let metrics = metrics.clone();
        let percent = move || busy.percent(busy_time(&metrics), metrics.num_workers());
        gauge("instance_rust_tokio_busy_percent", percent).label("runtime", &name).register()?;
    }
    Ok(())
}

/// Reads a number of a runtime.
type Read = fn(&RuntimeMetrics) -> f64;

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn count(number: usize) -> f64 {
    number as f64
}

/// Returns how long all workers ran tasks, since they started.
#[cfg(target_has_atomic = "64")]
fn busy_time(metrics: &RuntimeMetrics) -> Duration {
    (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum()
}

/// The busy time at the last report, and when that was.
struct Busy(Mutex<(Duration, Instant)>);

impl Busy {
    fn new(busy: Duration) -> Self {
        Self(Mutex::new((busy, Instant::now())))
    }

    /// Returns which part of the time since the last call the workers were busy.
    fn percent(&self, busy: Duration, workers: usize) -> f64 {
        let now = Instant::now();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, at) = std::mem::replace(&mut *last, (busy, now));
        share(busy.saturating_sub(before), now.duration_since(at), workers)
    }
}

/// Returns the busy time as a percentage of the time that the workers had.
fn share(busy: Duration, elapsed: Duration, workers: usize) -> f64 {
    let share = 100.0 * busy.as_secs_f64() / (elapsed.as_secs_f64() * count(workers));
    // A worker adds the time of a long poll when it ends, so a report can have more than there was.
    share.min(100.0)
}

#[cfg(test)]
mod tests;

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
