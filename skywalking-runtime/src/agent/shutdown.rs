//! Ends an agent: the shutdown, the drop of the guard, and the guard in a forked child.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Agent, RunningAgent, forked, lines};
use crate::report::reported;
use crate::report::stats::Report;
use crate::report::worker::Command;
use crate::self_log::{self, Delivery, WithoutThread};
use crate::sys;
use crate::tracer;

/// How long before the caller's deadline the worker must reply. At most a tenth of the timeout.
const MARGIN: Duration = Duration::from_millis(50);

/// How long the end of an agent waits for its log lines, within its own deadline.
pub(super) const LOG_DEADLINE: Duration = Duration::from_secs(1);

/// How long the end of the parent's agent in a forked child waits for the line that it is off
/// there.
const FORK_LOG_DEADLINE: Duration = Duration::from_millis(100);

/// The results of an agent that has ended.
struct Ended {
    report: Report,
    /// Whether a backend was ever reached.
    reached: bool,
    /// The reporter's log lines that are being written.
    found: Vec<Delivery>,
}

impl Agent {
    /// Detaches from the parent's agent in a forked child. Its destructors are not run, since they
    /// would wait for threads that the child does not have.
    fn leave_to_parent(&mut self) {
        if self.running.as_ref().is_none_or(RunningAgent::is_in_this_process) {
            return;
        }
        std::mem::forget((self.running.take(), std::mem::take(&mut self.logged)));
        if let Some(delivery) = tracer::find_fork() {
            // The child may exit now, which would lose the line.
            delivery.wait(FORK_LOG_DEADLINE);
        }
    }

    /// Ends tracing, and sends the segments that have ended until `timeout` is over. The rest is
    /// counted as dropped.
    ///
    /// New spans are not recorded. The call always returns in time. If the backend is unreachable,
    /// an agent that reached it before retries until the timeout is over. An agent that never
    /// reached a backend tries each address once more, logs that, and returns.
    pub fn shutdown(mut self, timeout: Duration) -> Report {
        self.leave_to_parent();
        match self.running.take() {
            Some(running) => {
                let asked = Instant::now();
                let Ended { report, reached, found } = running.end(timeout);
                let last = if reached {
                    Delivery::default()
                } else {
                    self_log::emit(lines::at_end(&report, reached), WithoutThread::Drop)
                };
                // The program may exit now, which would lose the lines.
                for delivery in [std::mem::take(&mut self.logged), last].into_iter().chain(found) {
                    delivery.wait(timeout.saturating_sub(asked.elapsed()).min(LOG_DEADLINE));
                }
                report
            }
            None => Report::of_none(),
        }
    }

    /// Shuts down like [`shutdown`](Agent::shutdown), without blocking the thread. It runs on any
    /// executor, and needs no tokio.
    ///
    /// The shutdown starts at the call, on a thread of its own, and continues if the future is
    /// dropped. If the system can't start that thread, this call blocks like `shutdown`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use skywalking_runtime::{Config, config::Reporter};
    ///
    /// let agent = Config::new("RTS_Test").reporter(Reporter::Discard).start()?;
    /// futures::executor::block_on(async {
    ///     let report = agent.shutdown_async(Duration::from_secs(1)).await;
    ///     assert_eq!(report.dropped.total(), 0);
    /// });
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn shutdown_async(self, timeout: Duration) -> impl Future<Output = Report> + Send + use<> {
        let shutdown = self.begin_shutdown(timeout).map(|receiver| {
            let report = async { receiver.await.unwrap_or_else(|_| Report::of_none()) };
            forked::answer(report, Report::of_none)
        });
        async move {
            match shutdown {
                Ok(report) => report.await,
                Err(report) => *report,
            }
        }
    }

    /// Shuts down on a thread of its own, which sends the report. Returns the report if the agent
    /// is off, or if the system can't start that thread.
    fn begin_shutdown(self, timeout: Duration) -> Result<oneshot::Receiver<Report>, Box<Report>> {
        if self.running().is_none() {
            return Err(Box::new(self.shutdown(timeout)));
        }
        let (sender, receiver) = oneshot::channel();
        let agent = Arc::new(Mutex::new(Some(self)));
        let take = |agent: &Mutex<Option<Self>>| {
            agent.lock().unwrap_or_else(PoisonError::into_inner).take()
        };
        let shared = Arc::clone(&agent);
        let work = move || {
            if let Some(agent) = take(&shared) {
                // The receiver may be dropped already.
                let _ = sender.send(agent.shutdown(timeout));
            }
        };
        if sys::spawn("skywalking-shutdown", work).is_err()
            && let Some(agent) = take(&agent)
        {
            return Err(Box::new(agent.shutdown(timeout)));
        }
        Ok(receiver)
    }
}

impl RunningAgent {
    fn end(self, timeout: Duration) -> Ended {
        let generation = self.tracer.generation;
        tracer::disable(generation);
        self.findings.log(WithoutThread::Drop);
        self.lifecycle.ends();
        self.handle.ask_early(timeout, MARGIN.min(timeout / 10), |deadline, reply| {
            Command::Shutdown { deadline, reply }
        });
        // With or without a reply: remaining segments are lost, and later writes of the worker have
        // no effect.
        self.ledger.close(reported::close);
        tracer::uninstall(generation);
        Ended {
            report: Report::since(&self.start),
            reached: self.handle.has_reached(),
            found: self.findings.take(),
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.leave_to_parent();
        let logged = std::mem::take(&mut self.logged);
        let Some(running) = self.running.take() else { return logged.wait(LOG_DEADLINE) };
        let (asked, deadline) = (Instant::now(), running.deadline);
        let (lived, before) = (running.started.elapsed(), running.start);
        let Ended { report, reached, found } =
            running.end(deadline.saturating_sub(MARGIN.min(deadline / 10)));
        let lines = lines::dropped_at_once(&report, &before, lived)
            .unwrap_or_else(|| lines::at_end(&report, reached));
        let last = self_log::emit(lines, WithoutThread::Drop);
        // The program may return from `main` now, which would lose the lines.
        for delivery in [logged, last].into_iter().chain(found) {
            delivery.wait(deadline.saturating_sub(asked.elapsed()));
        }
    }
}
