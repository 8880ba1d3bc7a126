//! Runs the calls of the program's transport on a thread with its own runtime.
//!
//! A call that blocks the thread is left there with it, and later calls run on a new thread. The
//! number of threads in the process is limited. The worker sets the deadline of each call: it drops
//! the future, and the thread drops the call when it can.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::report::transport::Outcome;
use crate::report::worker::{Drivers, Engine};
use crate::sys::{self, PerProcess};
use crate::transport::{self, Batch, Given};
use crate::util::catch_panic::{catch_in, catch_panic};

/// How long a call waits for a thread that does not begin it.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most threads in the process, for all agents.
const MOST: usize = 4;

/// Returns the batch of a call, or `None` if it was withdrawn. Called once, on the thread of the
/// call.
pub(super) type Work = Box<dyn FnOnce() -> Option<Batch> + Send>;

/// The thread of the transport.
#[derive(Clone, Debug)]
pub(super) struct Threads(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    given: Given,
    current: Mutex<Option<mpsc::UnboundedSender<Job>>>,
}

/// A call that a thread is to begin.
struct Job {
    /// Emptied by the thread, or by the caller if the thread does not begin.
    work: Arc<Mutex<Option<Work>>>,
    began: oneshot::Sender<()>,
    reply: oneshot::Sender<Outcome>,
}

impl Threads {
    pub(super) fn new(given: Given) -> Self {
        Self(Arc::new(Shared { given, current: Mutex::new(None) }))
    }

    /// Runs a call. Until a thread begins it, nothing of its batch is taken.
    pub(super) async fn run(self, mut work: Work) -> Outcome {
        loop {
            let jobs = match self.current() {
                Ok(jobs) => jobs,
                Err(error) => return Outcome::Failed(error.to_string()),
            };
            let slot = Arc::new(Mutex::new(Some(work)));
            let ((began, has_begun), (reply, outcome)) = (oneshot::channel(), oneshot::channel());
            let sent = jobs.send(Job { work: Arc::clone(&slot), began, reply });
            if sent.is_ok() {
                // An error means that the thread does not begin it, as a timeout does.
                let _ = timeout(PATIENCE, has_begun).await;
            }
            let Some(withdrawn) = lock(&slot).take() else {
                let ended = |_| Outcome::Failed("the call was stopped".to_owned());
                return outcome.await.unwrap_or_else(ended);
            };
            work = withdrawn;
            self.abandon(&jobs);
        }
    }

    /// Returns where the jobs of the current thread are sent. Starts one if there is none.
    fn current(&self) -> io::Result<mpsc::UnboundedSender<Job>> {
        let mut current = lock(&self.0.current);
        if let Some(jobs) = current.as_ref().filter(|jobs| !jobs.is_closed()) {
            return Ok(jobs.clone());
        }
        let thread = Thread::begin()?;
        let engine = Engine::new(Drivers::All)?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let given = self.0.given.clone();
        sys::spawn("skywalking-transport", move || {
            let _thread = thread;
            catch_panic(|| engine.run(drive(given, receiver)));
        })?;
        *current = Some(sender.clone());
        Ok(sender)
    }

    /// Sends no further jobs to this thread. It ends when its calls have ended.
    fn abandon(&self, jobs: &mpsc::UnboundedSender<Job>) {
        let mut current = lock(&self.0.current);
        if current.as_ref().is_some_and(|other| other.same_channel(jobs)) {
            *current = None;
        }
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins each job, and ends when no more can come and all calls have ended.
async fn drive(given: Given, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = calls.join_next(), if !calls.is_empty() => {}
            job = jobs.recv() => match job {
                Some(job) => drop(calls.spawn(job.run(given.clone()))),
                None => break,
            },
        }
    }
    while calls.join_next().await.is_some() {}
}

impl Job {
    async fn run(self, given: Given) {
        let Self { work, began, mut reply } = self;
        if reply.is_closed() {
            return;
        }
        let Some(work) = lock(&work).take() else { return };
        // Fails if the caller has given up. It then drops the reply, too.
        let _ = began.send(());
        let Some(batch) = work() else { return };
        let call = catch_in(Box::pin(async move { given.send(batch).await }));
        let outcome = tokio::select! {
            biased;
            () = reply.closed() => return,
            outcome = call => outcome,
        };
        // Fails at the caller's deadline.
        let _ = reply.send(match outcome {
            Ok(outcome) => of(outcome),
            Err(message) => Outcome::Failed(format!("the transport panicked: {message}")),
        });
    }
}

fn of(outcome: transport::Outcome) -> Outcome {
    match outcome {
        transport::Outcome::Confirmed => Outcome::Taken,
        transport::Outcome::Refused(text) => Outcome::Refused(text),
        transport::Outcome::Overloaded(text) => Outcome::Overloaded(text),
        transport::Outcome::NotSent(text) => Outcome::Unprocessed(text),
        transport::Outcome::Unconfirmed(text) => Outcome::Failed(text),
    }
}

/// A thread that has not ended.
struct Thread;

static THREADS: PerProcess<AtomicUsize> = PerProcess::new(AtomicUsize::default);

impl Thread {
    fn begin() -> io::Result<Self> {
        let thread = Self;
        if THREADS.get().fetch_add(1, Ordering::Relaxed) < MOST {
            return Ok(thread);
        }
        Err(io::Error::other(format!("{MOST} calls of the transport block their threads")))
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        THREADS.get().fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns the number of threads that have not ended.
#[cfg(test)]
pub(super) fn count() -> usize {
    THREADS.get().load(Ordering::Relaxed)
}
