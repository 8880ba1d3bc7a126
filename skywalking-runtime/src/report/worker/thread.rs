//! Runs the worker on a thread with its own runtime, and sends it commands from other threads.
//!
//! No thread ever joins the worker's thread: a caller waits on a channel, with a timeout.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::super::source::Source;
use super::super::transport::Transport;
use super::{Command, Reply, Worker, keep_running};
use crate::sys;
use crate::util::catch_panic::{catch_message, catch_panic};

/// How many commands may wait for the worker. Further commands fail at once.
const COMMANDS: usize = 1_024;

/// The longest timeout. A longer one is shortened to this.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);

/// Sends commands to the worker.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    commands: mpsc::Sender<Command>,
    /// Set once a backend has answered since the agent started.
    reached: Arc<AtomicBool>,
}

/// How many file descriptors the runtime opens. Without them it panics if tokio's feature `signal`
/// is on, which the program may have enabled.
const DESCRIPTORS: usize = 8;

/// The reporter's runtime. Dropping it does not wait: it may be dropped inside of another runtime,
/// where waiting panics.
#[derive(Debug)]
pub(crate) struct Engine(Option<Runtime>);

/// What a runtime can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drivers {
    /// What the reporter needs: time, and connections if it has a backend.
    Reporter,
    /// Everything that tokio was built with.
    #[cfg(feature = "report-custom")]
    All,
}

impl Engine {
    /// Creates a runtime for one thread.
    pub(crate) fn new(drivers: Drivers) -> io::Result<Self> {
        sys::check_descriptors(DESCRIPTORS)?;
        let mut builder = Builder::new_current_thread();
        // The threads of its pool for calls that block.
        builder.on_thread_start(sys::mark_own_thread);
        match drivers {
            Drivers::Reporter => {
                builder.enable_time();
                #[cfg(any(feature = "report-grpc", feature = "report-http"))]
                builder.enable_io();
            }
            #[cfg(feature = "report-custom")]
            Drivers::All => {
                builder.enable_all();
            }
        }
        // Another thread may have used the descriptors since the check.
        let runtime = catch_panic(|| builder.build())
            .unwrap_or_else(|| Err(io::Error::other("its runtime panicked at the start")))?;
        Ok(Self(Some(runtime)))
    }

    /// Runs a future on this thread.
    pub(crate) fn run(&self, future: impl Future<Output = ()>) {
        if let Some(runtime) = &self.0 {
            runtime.block_on(future);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Creates the runtime and the channel. This can fail, so it runs before anything is started that
/// would have to be stopped again.
pub(crate) fn prepare() -> io::Result<(Engine, Handle, mpsc::Receiver<Command>)> {
    let engine = Engine::new(Drivers::Reporter)?;
    let (commands, receiver) = mpsc::channel(COMMANDS);
    Ok((engine, Handle { commands, reached: Arc::default() }, receiver))
}

/// Starts the thread. Calls `died` with the message of a panic from which the worker did not
/// recover.
pub(crate) fn start<T: Transport, S: Source>(
    engine: Engine,
    worker: impl FnOnce() -> Worker<T, S> + Send + 'static,
    died: impl FnOnce(&str) + Send + 'static,
) -> io::Result<()> {
    sys::spawn("skywalking-reporter", move || {
        let ended = catch_message(|| {
            engine.run(async move { keep_running(worker()).await });
        });
        if let Err(problem) = ended {
            died(&problem);
        }
    })
}

impl Handle {
    /// Returns the flag that the worker sets when a backend answers.
    pub(crate) fn reached(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.reached)
    }

    /// Returns true once a backend has answered.
    pub(crate) fn has_reached(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// Sends a command and waits for the reply. Returns false if there is none within `wait`.
    pub(crate) fn ask(&self, wait: Duration, command: fn(Instant, Reply) -> Command) -> bool {
        self.ask_early(wait, Duration::ZERO, command)
    }

    /// Does the same, but the worker's deadline is earlier than the caller's by `early`.
    pub(crate) fn ask_early(
        &self,
        wait: Duration,
        early: Duration,
        command: fn(Instant, Reply) -> Command,
    ) -> bool {
        let wait = wait.min(LONGEST);
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let sent = self
            .commands
            .try_send(command(Instant::now() + wait.saturating_sub(early), Reply::Thread(sender)));
        sent.is_ok() && receiver.recv_timeout(wait).unwrap_or(false)
    }

    /// Does the same without blocking. The worker keeps the time, so any executor will do.
    pub(crate) fn ask_async(
        &self,
        wait: Duration,
        command: fn(Instant, Reply) -> Command,
    ) -> impl Future<Output = bool> + Send + use<> {
        let (sender, receiver) = oneshot::channel();
        // If the command cannot be sent, its sender is dropped, and the future returns false.
        let _ = self
            .commands
            .try_send(command(Instant::now() + wait.min(LONGEST), Reply::Task(sender)));
        async move { receiver.await.unwrap_or(false) }
    }
}
