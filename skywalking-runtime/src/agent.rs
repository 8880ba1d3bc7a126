//! The running agent, as the program holds it: a guard that knows what was sent and what was lost,
//! and that ends the agent in time.
//!
//! What it does is done by the reporter's thread (`report/worker`); here is only who asks it and
//! for how long he waits.

mod forked;
mod lines;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use crate::config::{Checked, Reporter};
use crate::error::Error;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
use crate::management::properties;
use crate::queue;
use crate::report::accounts::Ledger;
use crate::report::drain::Drain;
use crate::report::findings::Findings;
use crate::report::problem_log::Losses;
use crate::report::stats::{Report, Stats};
use crate::report::transport::Transport;
use crate::report::worker::{self, Command, Handle, Pace, Worker};
use crate::self_log::{self, Delivery, WithoutThread};
use crate::sys::{self, forks};
use crate::trace::panic_hook;
use crate::tracer::{self, Running, Tracer};
use crate::transports::discard::Discard;
#[cfg(feature = "report-grpc")]
use crate::transports::grpc::Grpc;
#[cfg(feature = "report-http")]
use crate::transports::http::Http;
use crate::transports::log::Log;
use crate::util::clock;
use crate::util::coarse_clock;
use crate::util::id;

/// The running agent. Dropping it flushes what can be flushed within the configured deadline, and
/// ends the tracing.
///
/// One agent runs in a process at a time; when it has ended the next may start. An agent that is
/// off answers everything at once.
///
/// Dropping, [`flush`](Agent::flush) and [`shutdown`](Agent::shutdown) block the calling thread for
/// as long as they say; [`flush_async`](Agent::flush_async) and
/// [`shutdown_async`](Agent::shutdown_async) don't. The reporter has a thread of its own, so this is no deadlock, not even
/// inside of an executor; but other tasks of that thread wait meanwhile.
///
/// # Forks
///
/// A forked child has no reporter, so the agent is off in it: spans do nothing,
/// [`enabled`](crate::enabled) is false, and the first span or call of the agent logs one line. The
/// parent's guard may be dropped or used in the child; it does nothing and waits for nothing. Spans
/// that were open at the fork are the parent's, and are reported by the parent alone. To trace a
/// child, start an agent in it: a pre-forking server starts one in each worker, after the fork. It
/// has ids, queues and counts of its own.
///
/// A fork while another thread starts an agent waits until that start has returned, at most 2 s:
/// a child that is forked in the middle of the process's first start could hang in its own.
///
/// Forks by `fork` of the C library are noticed, also inside of `Command` and of libraries. A
/// `clone` or `fork` by a raw system call is not: do not trace in such a child.
///
/// # Clock
///
/// Spans are dated by the system's clock at the time when their segment began. While that clock is
/// not set (it shows a date before September 2001, as on a machine that boots without a clock of
/// its own), finished segments wait for it: at most 60 s after the start, and not beyond a flush, a
/// shutdown or half of the queue. Segments that waited have the right dates once it is set. Those
/// that leave before have the date that the clock shows. The agent logs one line about this. A clock
/// that is lost later goes on from its last date until it is set again.
///
/// # Signals
///
/// The agent's threads block all signals but those of faults (`SIGSEGV`, `SIGBUS`, `SIGFPE`,
/// `SIGILL`, `SIGTRAP`, `SIGABRT`, `SIGSYS`): a program that handles signals by `sigwait` or
/// `signalfd`, or leaves `SIGPIPE` at its default, can do so as without an agent.
///
/// ```
/// use std::time::Duration;
/// use skywalking_runtime::{Config, config::Reporter};
///
/// let agent = Config::new("RTS_Test").reporter(Reporter::Discard).start()?;
/// // .. the program ..
/// let report = agent.shutdown(Duration::from_secs(1));
/// assert_eq!(report.dropped.total(), 0);
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
#[must_use = "tracing ends when this guard drops: keep it with `let _agent = ..`, not `let _ = ..`"]
pub struct Agent {
    service: String,
    instance: String,
    error: Option<Error>,
    running: Option<Alive>,
    /// The lines that it logged when it started.
    logged: Delivery,
}

/// What there is of an agent that is not off.
struct Alive {
    tracer: Arc<Tracer>,
    ledger: Ledger,
    handle: Handle,
    deadline: Duration,
    started: Instant,
    findings: Arc<Findings>,
    /// The counts of the process when it started.
    start: Stats,
    /// The process that it runs in.
    forks: u32,
}

/// What is known when an agent has ended.
struct Ended {
    report: Report,
    /// A backend was reached at some time.
    reached: bool,
    /// What the reporter logged and is being written.
    found: Vec<Delivery>,
}

/// How long before the caller's deadline the worker shall answer, so that its answer is in time. At
/// most a tenth of the whole.
const MARGIN: Duration = Duration::from_millis(50);

/// How long the end of an agent waits for a line that is being written, within its own deadline.
pub(crate) const LOG_DEADLINE: Duration = Duration::from_secs(1);

/// How long the end of a parent's agent waits in a forked child for the line that says that it is
/// off there.
const FORK_LOG_DEADLINE: Duration = Duration::from_millis(100);

/// What a start allocates, with room to spare: most of it is jiff's list of the system's time
/// zones.
const START_SPACE: usize = 4 * 1024 * 1024;

/// Starts the agent.
pub(crate) fn start(config: Checked) -> Result<Agent, Error> {
    // A failed allocation aborts the program: without memory nothing is begun.
    sys::check_address_space(START_SPACE).map_err(reporter_error)?;
    sys::watch_forks(forked::in_child);
    let _starting = sys::starting();
    match config.reporter {
        #[cfg(feature = "report-grpc")]
        Reporter::Grpc => {
            let messages = properties::Messages::new(config.identity.clone());
            let transport = Grpc::new(config.backends.clone(), config.token.clone(), messages)?;
            start_with(config, transport)
        }
        #[cfg(feature = "report-http")]
        Reporter::Http => {
            let messages = properties::Messages::new(config.identity.clone());
            let transport = Http::new(config.backends.clone(), config.token.clone(), messages)?;
            start_with(config, transport)
        }
        Reporter::Log => start_with(config, Log),
        Reporter::Discard => start_with(config, Discard),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn reporter_error(error: std::io::Error) -> Error {
    Error::Reporter { problem: error.to_string() }
}

fn start_with<T: Transport>(config: Checked, transport: T) -> Result<Agent, Error> {
    let lines = lines::at_start(&config, &transport.address());
    clock::choose();
    coarse_clock::tick();
    id::process();
    panic_hook::install();
    let (runtime, handle, commands) = worker::prepare().map_err(reporter_error)?;
    let wake = Arc::new(Notify::new());
    let waker = Arc::clone(&wake);
    let identity = config.identity.clone();
    let redaction = config.redaction;
    let keep = config.settings.tail_sampling;
    let findings = Arc::new(Findings::default());
    let (start, losses) = (Stats::read(), Losses::read());
    let tracer = tracer::install(config.identity, config.settings, config.choice, move || {
        waker.notify_one();
    })
    .map_err(|Running| Error::AlreadyStarted { service: identity.service.clone() })?;
    self_log::configure(config.self_log);
    #[cfg(feature = "testing")]
    crate::testing::started(&handle);
    let (max_segment_age, queue) = (tracer.settings.max_segment_age, tracer.settings.queue);
    let ledger = Ledger::open(tracer.generation);
    queue::open(tracer.generation);
    let reached = handle.reached();
    let mut agent = Agent {
        service: identity.service.clone(),
        instance: identity.instance.clone(),
        error: None,
        running: Some(Alive {
            tracer,
            ledger,
            handle,
            deadline: config.shutdown_timeout,
            started: Instant::now(),
            findings: Arc::clone(&findings),
            start,
            forks: forks(),
        }),
        logged: Delivery::default(),
    };
    let pace = Pace { max_backoff: config.max_backoff, reached, losses, findings };
    // Before the reporter has anything to log.
    agent.logged = self_log::emit(lines, WithoutThread::WriteHere);
    let drain = Drain::new(ledger, identity, T::FORM, redaction, max_segment_age, queue, keep);
    if let Err(error) =
        worker::start(runtime, move || Worker::new(transport, drain, ledger, wake, commands, pace))
    {
        // Nobody is there to be asked, so this is over at once.
        drop(agent);
        return Err(reporter_error(error));
    }
    Ok(agent)
}

impl Agent {
    /// An agent that does nothing, and what was logged of that.
    pub(crate) fn off(service: &str, error: Option<Error>, logged: Delivery) -> Self {
        Self { service: service.to_owned(), instance: String::new(), error, running: None, logged }
    }

    /// The name of the service.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The name of this instance of the service; empty if the agent is off.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Why the agent is off, if it is so because of a wrong setting
    /// ([`Config::start_or_off`](crate::Config::start_or_off)).
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// What has become of the segments of this process so far. May be called at any time, and
    /// doesn't wait for the reporter.
    pub fn stats(&self) -> Stats {
        Stats::read()
    }

    /// Waits until all segments that have ended before this call are sent or dropped, or the time
    /// is over. True for the former: then [`stats`](Agent::stats) says how many are which. It
    /// does not wait for segments that wait themselves: for a [`DetachedSpan`](crate::DetachedSpan),
    /// or for the end of a request of which only what goes wrong is kept. If the reporter is
    /// waiting for an absent backend, it tries once more at once.
    pub fn flush(&self, timeout: Duration) -> bool {
        let Some(running) = self.alive() else { return true };
        running.handle.ask(timeout, |deadline, reply| Command::Flush { deadline, reply })
    }

    /// Flushes like [`flush`](Agent::flush), without blocking the thread. It runs on any executor,
    /// and needs no tokio.
    ///
    /// The flush starts at the call.
    ///
    /// ```
    /// use std::time::Duration;
    /// use skywalking_runtime::{Config, config::Reporter};
    ///
    /// let agent = Config::new("RTS_Test").reporter(Reporter::Discard).start()?;
    /// futures::executor::block_on(async {
    ///     assert!(agent.flush_async(Duration::from_secs(1)).await);
    /// });
    /// # Ok::<(), skywalking_runtime::Error>(())
    /// ```
    pub fn flush_async(&self, timeout: Duration) -> impl Future<Output = bool> + Send + use<> {
        let asked = self.alive().map(|running| {
            running.handle.ask_async(timeout, |deadline, reply| Command::Flush { deadline, reply })
        });
        async move {
            match asked {
                Some(asked) => asked.await,
                None => true,
            }
        }
    }

    /// Waits until the backend has taken the first report of this instance's properties, or the
    /// time is over. True for the former, and always for a reporter without a backend; false
    /// for an agent that is off.
    pub fn wait_until_registered(&self, timeout: Duration) -> bool {
        let Some(running) = self.alive() else { return false };
        running.handle.ask(timeout, |deadline, reply| Command::Registered { deadline, reply })
    }

    /// [`wait_until_registered`](Agent::wait_until_registered) for callers who must not block, on
    /// any executor.
    pub fn wait_until_registered_async(
        &self,
        timeout: Duration,
    ) -> impl Future<Output = bool> + Send + use<> {
        let asked = self.alive().map(|running| {
            running
                .handle
                .ask_async(timeout, |deadline, reply| Command::Registered { deadline, reply })
        });
        async move {
            match asked {
                Some(asked) => asked.await,
                None => false,
            }
        }
    }

    /// What runs, unless this is a forked child of the process where it does.
    fn alive(&self) -> Option<&Alive> {
        let alive = self.running.as_ref()?;
        if alive.is_here() {
            return Some(alive);
        }
        drop(tracer::find_fork());
        None
    }

    /// In a forked child: the agent is off, and nothing of it is touched. Its destructors would
    /// wait for threads that the child doesn't have.
    fn leave_to_parent(&mut self) {
        if self.running.as_ref().is_none_or(Alive::is_here) {
            return;
        }
        std::mem::forget((self.running.take(), std::mem::take(&mut self.logged)));
        if let Some(delivery) = tracer::find_fork() {
            // The child may end now, and would cut the line off.
            delivery.wait(FORK_LOG_DEADLINE);
        }
    }

    /// Ends the tracing: no span begins any more, what has ended is sent until the time is over,
    /// and the rest is counted as dropped. Always returns in time.
    ///
    /// With the backend absent, an agent that has reached it before goes on trying until the time
    /// is over. One that never has gives each address one more try, logs that no backend was
    /// ever reached, and ends at once.
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
                // A program that ends now would cut them off.
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
        let (sender, receiver) = oneshot::channel();
        if self.alive().is_some() {
            let agent = Arc::new(Mutex::new(Some(self)));
            let take = |agent: &Mutex<Option<Self>>| {
                agent.lock().unwrap_or_else(PoisonError::into_inner).take()
            };
            let shared = Arc::clone(&agent);
            let work = move || {
                if let Some(agent) = take(&shared) {
                    // Nobody may wait for it any more.
                    let _ = sender.send(agent.shutdown(timeout));
                }
            };
            if sys::spawn("skywalking-shutdown", work).is_err()
                && let Some(agent) = take(&agent)
            {
                let report = agent.shutdown(timeout);
                return ShuttingDown::Done(Box::new(report)).report();
            }
            return ShuttingDown::Waiting(receiver).report();
        }
        ShuttingDown::Done(Box::new(self.shutdown(timeout))).report()
    }
}

/// What [`Agent::shutdown_async`] waits for.
enum ShuttingDown {
    Done(Box<Report>),
    Waiting(oneshot::Receiver<Report>),
}

impl ShuttingDown {
    async fn report(self) -> Report {
        match self {
            Self::Done(report) => *report,
            Self::Waiting(receiver) => receiver.await.unwrap_or_else(|_| Report::of_none()),
        }
    }
}

impl Alive {
    /// False in a forked child: there it is a copy of what runs in the parent.
    fn is_here(&self) -> bool {
        self.forks == forks()
    }

    fn end(self, timeout: Duration) -> Ended {
        let generation = self.tracer.generation;
        tracer::disable(generation);
        self.findings.log(WithoutThread::Drop);
        self.handle.ask_early(timeout, MARGIN.min(timeout / 10), |deadline, reply| {
            Command::Shutdown { deadline, reply }
        });
        // Whether it answered or not: what is left is lost, and what it writes from now on doesn't
        // count.
        self.ledger.close();
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
        // A program that returns from `main` now would cut them off.
        for delivery in [logged, last].into_iter().chain(found) {
            delivery.wait(deadline.saturating_sub(asked.elapsed()));
        }
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state =
            if self.running.as_ref().is_some_and(Alive::is_here) { "running" } else { "off" };
        f.debug_struct("Agent")
            .field("service", &self.service)
            .field("instance", &self.instance)
            .field("error", &self.error)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

/// Holds every other test back that starts a tracer in this process.
#[cfg(test)]
pub(crate) fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
