//! The running agent: a guard that reports what was sent and lost, and that ends the agent within a
//! deadline.
//!
//! The reporter's thread does the work (`report::worker`). This module sends it commands and waits
//! for replies.

mod forked;
mod from_config;
mod health;
mod lifecycle;
mod lines;
mod shutdown;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use self::lifecycle::Lifecycle;
use crate::config::{Checked, Reporter};
use crate::context::thread_state::never_trace_this_thread;
use crate::error::Error;
#[cfg(any(feature = "report-grpc", feature = "report-http", feature = "report-custom"))]
use crate::management::properties;
use crate::observer;
use crate::queue;
use crate::report::accounts::{self, Ledger};
use crate::report::backoff;
use crate::report::drain::Drain;
use crate::report::findings::Findings;
use crate::report::meters::{MeterForm, Meters};
use crate::report::problem_log::Losses;
use crate::report::program::Program;
use crate::report::reported::Reported;
use crate::report::stats::Stats;
use crate::report::transport::Transport;
use crate::report::vitals::Change;
use crate::report::worker::{self, Command, Handle, Pace, Worker};
use crate::reported::queues;
use crate::self_log::{self, Delivery, WithoutThread};
use crate::sys::{self, forks};
use crate::trace::panic_hook;
use crate::tracer::{self, Running, Tracer};
#[cfg(feature = "report-custom")]
use crate::transports::custom::Custom;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
use crate::transports::dial::Dialler;
use crate::transports::discard::Discard;
#[cfg(feature = "report-grpc")]
use crate::transports::grpc::Grpc;
#[cfg(feature = "report-http")]
use crate::transports::http::Http;
use crate::transports::log::Log;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
use crate::transports::token::TokenSource;
use crate::util::clock;
use crate::util::coarse_clock;
use crate::util::id;

pub use from_config::init;
pub use health::{Unhealthy, health};

/// The running agent. Dropping it flushes within the configured timeout and ends tracing.
///
/// One agent runs in a process at a time. The next one can start when it has ended. A disabled
/// agent returns from every method at once.
///
/// Dropping the agent, [`flush`](Agent::flush) and [`shutdown`](Agent::shutdown) block the calling
/// thread. [`flush_async`](Agent::flush_async) and [`shutdown_async`](Agent::shutdown_async) do
/// not. The reporter has its own thread, so blocking cannot deadlock even inside an executor, but
/// other tasks of the calling thread wait.
///
/// # Forks
///
/// A forked child has no reporter, so the agent is off in it: spans do nothing,
/// [`enabled`](crate::enabled) returns false, and the first span or call of the agent logs one
/// line. The parent's guard can be dropped or used in the child. It does nothing and does not wait.
/// Spans that were open at the fork belong to the parent, and only the parent reports them.
///
/// To trace a child, start an agent in it: a pre-forking server starts one in each worker after the
/// fork. The child's agent has its own ids, queues and counts.
///
/// A fork while another thread starts an agent waits until the start has returned, at most 2 s.
/// Otherwise the child could hang when it starts its own agent.
///
/// The agent detects forks by `fork` of the C library, including those of `Command` and of
/// libraries. It does not detect a raw `clone` or `fork` system call: do not trace in such a child.
///
/// # Clock
///
/// Spans have the time of the system's clock when their segment began.
///
/// A machine without a battery-backed clock boots with a date before September 2001. Finished
/// segments wait until the clock is set: at most 60 s after the start, and not beyond a flush, a
/// shutdown or half of the queue. Segments that waited get the right times. Segments that are sent
/// before have the clock's wrong date. The agent logs one line about this. If the clock is lost
/// later, its last date continues until it is set again.
///
/// # Signals
///
/// The agent's threads block all signals except those of faults (`SIGSEGV`, `SIGBUS`, `SIGFPE`,
/// `SIGILL`, `SIGTRAP`, `SIGABRT`, `SIGSYS`). So a program can use `sigwait` or `signalfd`, or
/// leave `SIGPIPE` at its default, as without an agent.
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
    running: Option<RunningAgent>,
    /// The lines about its start that are being written.
    logged: Delivery,
}

/// The parts of an agent that is not disabled.
struct RunningAgent {
    tracer: Arc<Tracer>,
    ledger: Ledger,
    handle: Handle,
    deadline: Duration,
    started: Instant,
    findings: Arc<Findings>,
    lifecycle: Lifecycle,
    /// The counts of the process at its start.
    start: Stats,
    /// The process in which it runs.
    forks: u32,
}

/// More memory than a start allocates, most of it for jiff's list of the system's time zones.
const START_SPACE: usize = 4 * 1024 * 1024;

/// Starts the agent.
pub(crate) fn start(config: Checked) -> Result<Agent, Error> {
    // A failed allocation aborts the program, so nothing is started without memory.
    sys::check_address_space(START_SPACE).map_err(reporter_error)?;
    sys::watch_forks(forked::in_child);
    sys::run_first(never_trace_this_thread);
    let _starting = sys::starting();
    #[cfg(feature = "report-custom")]
    if let Some(given) = config.transport.clone() {
        let (identity, belonging) = (config.identity.clone(), config.belonging.clone());
        let transport = Custom::new(given, properties::Messages::new(identity, belonging));
        return start_with(config, transport);
    }
    match config.reporter {
        #[cfg(feature = "report-grpc")]
        Reporter::Grpc => {
            let (dialler, token, messages) = for_backend(&config)?;
            let transport = Grpc::new(config.backends.clone(), dialler, token, messages)?
                .compressed(config.compression);
            start_with(config, transport)
        }
        #[cfg(feature = "report-http")]
        Reporter::Http => {
            let (dialler, token, messages) = for_backend(&config)?;
            let transport = Http::new(config.backends.clone(), dialler, token, messages)?
                .compressed(config.compression);
            start_with(config, transport)
        }
        Reporter::Log => start_with(config, Log),
        Reporter::Discard => start_with(config, Discard),
    }
}

/// Creates what every transport to a backend needs, and reads the files that the settings name.
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
fn for_backend(config: &Checked) -> Result<(Dialler, TokenSource, properties::Messages), Error> {
    let messages = properties::Messages::new(config.identity.clone(), config.belonging.clone());
    Ok((Dialler::new(config)?, TokenSource::new(config)?, messages))
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
    let tail_sampling = config.settings.tail_sampling;
    #[cfg(feature = "report-custom")]
    let has_backend = config.reporter.has_backend() || config.transport.is_some();
    #[cfg(not(feature = "report-custom"))]
    let has_backend = config.reporter.has_backend();
    let layer = config.belonging.layer;
    let findings = Arc::new(Findings::default());
    let (start, losses) = (Stats::read(), Losses::read());
    let tracer = tracer::install(config.identity, config.settings, config.choice, move || {
        waker.notify_one();
    })
    .map_err(|Running| Error::AlreadyStarted { service: identity.service.clone() })?;
    self_log::configure(config.self_log);
    observer::agent_started(|| {
        let handle = handle.clone();
        move |timeout| handle.ask(timeout, |deadline, reply| Command::Flush { deadline, reply })
    });
    let (max_segment_age, queue) = (tracer.settings.max_segment_age, tracer.settings.queue);
    let (full, overflow) = (tracer.settings.batch, tracer.settings.overflow);
    let reported = tracer.settings.reported;
    let lifecycle = Lifecycle::new(reported.lifecycle_events && has_backend);
    let ledger = Ledger::open(tracer.generation);
    queue::open(tracer.generation);
    queues::open(reported);
    lifecycle.started();
    let reached = handle.reached();
    let mut agent = Agent {
        service: identity.service.clone(),
        instance: identity.instance.clone(),
        error: None,
        running: Some(RunningAgent {
            tracer,
            ledger,
            handle,
            deadline: config.timing.shutdown,
            started: Instant::now(),
            findings: Arc::clone(&findings),
            lifecycle,
            start,
            forks: forks(),
        }),
        logged: Delivery::default(),
    };
    let pace = Pace { timing: config.timing, seed: backoff::seed(), reached, losses };
    // Before the reporter can log anything.
    agent.logged = self_log::emit(lines, WithoutThread::WriteHere);
    let names = identity.clone();
    let reported =
        Reported::new(ledger, identity.clone(), &layer, redaction.clone(), T::FORM, full);
    let drain =
        Drain::new(ledger, identity, T::FORM, redaction, max_segment_age, queue, tail_sampling)
            .batches_of(full)
            .on_overflow(overflow);
    let meters = Meters::new(ledger, names, config.meters, MeterForm::of(T::FORM, has_backend));
    let program = Program { drain, reported, meters, ledger, findings };
    let worker = move || Worker::new(transport, program, wake, commands, pace);
    let died = move |problem: &str| ledger.change(Change::Died(problem));
    if let Err(error) = worker::start(runtime, worker, died) {
        // Without a worker there is no reply to wait for.
        drop(agent);
        return Err(reporter_error(error));
    }
    Ok(agent)
}

impl Agent {
    /// Creates a disabled agent. `logged` are the lines about the reason.
    pub(crate) fn off(service: &str, error: Option<Error>, logged: Delivery) -> Self {
        let agent = Self {
            service: service.to_owned(),
            instance: String::new(),
            error,
            running: None,
            logged,
        };
        accounts::set_off(&agent.reason());
        agent
    }

    /// Returns the name of the service.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Returns the name of this instance of the service, or an empty text if the agent is disabled.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Returns the invalid setting that turned the agent off
    /// ([`Config::start_or_off`](crate::Config::start_or_off)).
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Returns the counts of segments of this process. Does not wait for the reporter.
    pub fn stats(&self) -> Stats {
        Stats::read()
    }

    /// Waits until all segments that ended before this call are sent or dropped. Returns false if
    /// `timeout` is over first.
    ///
    /// [`stats`](Agent::stats) has the counts of sent and dropped segments. A flush does not wait
    /// for pending segments: those with an open [`DetachedSpan`](crate::DetachedSpan), and those
    /// that wait for a tail-sampling decision. If the reporter waits for an unreachable backend, it
    /// tries once more at once.
    pub fn flush(&self, timeout: Duration) -> bool {
        let Some(running) = self.running() else { return true };
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
        let answer = self.running().map(|running| {
            let handle = &running.handle;
            let reply =
                handle.ask_async(timeout, |deadline, reply| Command::Flush { deadline, reply });
            forked::answer(reply, || true)
        });
        async move {
            match answer {
                Some(answer) => answer.await,
                None => true,
            }
        }
    }

    /// Waits until the backend has received the properties of this instance. Returns false if
    /// `timeout` is over first, or if the agent is disabled.
    ///
    /// Returns true at once for a reporter without a backend.
    pub fn wait_until_registered(&self, timeout: Duration) -> bool {
        let Some(running) = self.running() else { return false };
        running.handle.ask(timeout, |deadline, reply| Command::Registered { deadline, reply })
    }

    /// Waits like [`wait_until_registered`](Agent::wait_until_registered), without blocking the
    /// thread. It runs on any executor.
    pub fn wait_until_registered_async(
        &self,
        timeout: Duration,
    ) -> impl Future<Output = bool> + Send + use<> {
        let answer = self.running().map(|running| {
            let handle = &running.handle;
            let reply = handle
                .ask_async(timeout, |deadline, reply| Command::Registered { deadline, reply });
            forked::answer(reply, || false)
        });
        async move {
            match answer {
                Some(answer) => answer.await,
                None => false,
            }
        }
    }

    /// Returns the running agent, unless this is a forked child of its process.
    fn running(&self) -> Option<&RunningAgent> {
        let running = self.running.as_ref()?;
        if running.is_in_this_process() {
            return Some(running);
        }
        drop(tracer::find_fork());
        None
    }
}

impl RunningAgent {
    /// Returns false in a forked child, which has a copy of the parent's agent.
    fn is_in_this_process(&self) -> bool {
        self.forks == forks()
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.running.as_ref().is_some_and(RunningAgent::is_in_this_process) {
            "running"
        } else {
            "off"
        };
        f.debug_struct("Agent")
            .field("service", &self.service)
            .field("instance", &self.instance)
            .field("error", &self.error)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

/// Waits for other tests in this process that start a tracer.
#[cfg(test)]
pub(crate) fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
