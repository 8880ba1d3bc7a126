//! The thread that the worker runs on, with a runtime of its own, and the way to ask it for
//! something from any other thread.
//!
//! Nobody ever joins the thread: whoever asks waits on a channel, and no longer than he said.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::super::transport::Transport;
use super::{Command, Reply, Worker};
use crate::sys;
use crate::util::catch_panic::catch_panic;

/// Commands that may wait for the worker; more are answered with no.
const COMMANDS: usize = 1_024;

/// The longest wait that is taken at its word.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);

/// The way to ask the worker.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    commands: mpsc::Sender<Command>,
    /// A backend has answered since the agent started.
    reached: Arc<AtomicBool>,
}

/// Descriptors that the runtime opens; with tokio's feature `signal`, which the program may have
/// turned on, it panics without them.
const DESCRIPTORS: usize = 8;

/// The reporter's runtime. Dropping it waits for nothing: whoever drops it may be inside of another
/// runtime, where waiting is a panic.
#[derive(Debug)]
pub(crate) struct Engine(Option<Runtime>);

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The runtime and the channel, made before anything is started that would have to be stopped
/// again.
pub(crate) fn prepare() -> io::Result<(Engine, Handle, mpsc::Receiver<Command>)> {
    sys::check_descriptors(DESCRIPTORS)?;
    let mut builder = Builder::new_current_thread();
    builder.enable_time();
    #[cfg(any(feature = "report-grpc", feature = "report-http"))]
    builder.enable_io();
    // Another thread may have taken the descriptors meanwhile.
    let runtime = catch_panic(|| builder.build())
        .unwrap_or_else(|| Err(io::Error::other("its runtime panicked at the start")))?;
    let (commands, receiver) = mpsc::channel(COMMANDS);
    Ok((Engine(Some(runtime)), Handle { commands, reached: Arc::default() }, receiver))
}

/// Starts the thread.
pub(crate) fn start<T: Transport>(
    engine: Engine,
    worker: impl FnOnce() -> Worker<T> + Send + 'static,
) -> io::Result<()> {
    sys::spawn("skywalking-reporter", move || {
        if let Some(runtime) = &engine.0 {
            runtime.block_on(async move { worker().run().await });
        }
    })
}

impl Handle {
    /// What the worker sets when a backend answers.
    pub(crate) fn reached(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.reached)
    }

    /// True once a backend has answered.
    pub(crate) fn has_reached(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// Asks for something and waits for the answer; no if there is none in time.
    pub(crate) fn ask(&self, wait: Duration, command: fn(Instant, Reply) -> Command) -> bool {
        self.ask_early(wait, Duration::ZERO, command)
    }

    /// The same, but the worker shall answer this much before the caller stops waiting.
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

    /// The same for callers who must not block. The worker keeps the time, so any executor will do.
    pub(crate) fn ask_async(
        &self,
        wait: Duration,
        command: fn(Instant, Reply) -> Command,
    ) -> impl Future<Output = bool> + Send + use<> {
        let (sender, receiver) = oneshot::channel();
        // If the command can't be sent the sender is dropped with it, and that is the answer.
        let _ = self
            .commands
            .try_send(command(Instant::now() + wait.min(LONGEST), Reply::Task(sender)));
        async move { receiver.await.unwrap_or(false) }
    }
}
