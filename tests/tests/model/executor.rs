//! Runs a program: polls its tasks on three threads, one at a time, in an order that depends on the
//! seed. Stores the objects that tasks leave for others.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::thread;

use skywalking_runtime::testing::{self, Mark};
use skywalking_runtime::{DetachedSpan, propagation::Snapshot, trace_id};
use skywalking_tests::random::Random;

use super::plan::Index;
use super::reference::{Model, Place};

/// A future that any thread may poll.
pub(crate) type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Task {
    future: Boxed,
    /// The number of polls until it is aborted.
    left: Option<u8>,
}

/// The headers of a message.
pub(crate) type Headers = Vec<(String, String)>;

/// A sent header: its segment and span id, and the number of that span in the model.
pub(crate) type Sent = (String, i32, usize);

/// A running program.
#[derive(Clone)]
pub(crate) struct Executor(Arc<Inside>);

struct Inside {
    model: Mutex<Model>,
    samples: Arc<AtomicBool>,
    mark: Mark,
    tasks: Mutex<Vec<Task>>,
    /// Futures that were started and that another task may continue.
    orphans: Mutex<Vec<Boxed>>,
    kept: Mutex<Vec<Snapshot>>,
    messages: Mutex<Vec<Headers>>,
    sent: Mutex<Vec<Sent>>,
    handles: Mutex<Vec<Option<DetachedSpan>>>,
    traces: Mutex<HashMap<usize, String>>,
    faults: Mutex<Vec<String>>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Executor {
    /// Creates an executor. Roots are recorded while `samples` is true.
    pub(crate) fn new(model: Model, samples: Arc<AtomicBool>) -> Self {
        Self(Arc::new(Inside {
            model: Mutex::new(model),
            samples,
            mark: testing::mark(),
            tasks: Mutex::default(),
            orphans: Mutex::default(),
            kept: Mutex::default(),
            messages: Mutex::default(),
            sent: Mutex::default(),
            handles: Mutex::default(),
            traces: Mutex::default(),
            faults: Mutex::default(),
        }))
    }

    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.0.model)
    }

    pub(crate) fn mark(&self) -> Mark {
        self.0.mark
    }

    pub(crate) fn sample(&self, samples: bool) {
        self.0.samples.store(samples, Ordering::SeqCst);
        self.model().samples = samples;
    }

    pub(crate) fn spawn(&self, future: Boxed, left: Option<u8>) {
        lock(&self.0.tasks).push(Task { future, left });
    }

    pub(crate) fn store_future(&self, future: Boxed) {
        lock(&self.0.orphans).push(future);
    }

    pub(crate) fn take_future(&self, which: Index) -> Option<Boxed> {
        let mut orphans = lock(&self.0.orphans);
        let at = which.checked_rem(orphans.len())?;
        Some(orphans.remove(at))
    }

    /// Stores a snapshot, together with that of the model.
    pub(crate) fn keep(&self, snapshot: Snapshot) {
        lock(&self.0.kept).push(snapshot);
        let mut model = self.model();
        let kept = model.keep();
        model.kept.push(kept);
    }

    pub(crate) fn kept(
        &self,
        which: Index,
    ) -> Option<(Snapshot, super::reference::StoredSnapshot)> {
        let kept = lock(&self.0.kept);
        let at = which.checked_rem(kept.len())?;
        Some((kept[at].clone(), self.model().kept[at].clone()))
    }

    pub(crate) fn put(&self, headers: Headers) {
        lock(&self.0.messages).push(headers);
    }

    /// Returns a message that may be read here.
    pub(crate) fn message(&self, which: Option<Index>) -> Option<(Index, Headers)> {
        let messages = lock(&self.0.messages);
        let at = which?.checked_rem(messages.len())?;
        self.model().may_read(at).then(|| (at, messages[at].clone()))
    }

    pub(crate) fn note_sent(&self, sent: Sent) {
        lock(&self.0.sent).push(sent);
    }

    pub(crate) fn put_handle(&self, handle: DetachedSpan) {
        lock(&self.0.handles).push(Some(handle));
    }

    pub(crate) fn has_open_handles(&self) -> bool {
        lock(&self.0.handles).iter().flatten().any(DetachedSpan::is_recording)
    }

    /// Takes one of the open handles.
    pub(crate) fn take_handle(&self, which: Index) -> Option<(Index, DetachedSpan)> {
        let mut handles = lock(&self.0.handles);
        let left: Vec<usize> = handles
            .iter()
            .enumerate()
            .filter(|(_, handle)| handle.is_some())
            .map(|(at, _)| at)
            .collect();
        let at = left[which.checked_rem(left.len())?];
        handles[at].take().map(|handle| (at, handle))
    }

    pub(crate) fn return_handle(&self, which: Index, handle: DetachedSpan) {
        lock(&self.0.handles)[which] = Some(handle);
    }

    /// Adds a difference that is found while the program runs.
    pub(crate) fn fault(&self, fault: String) {
        lock(&self.0.faults).push(fault);
    }

    /// Checks the current trace id: it must be the same within a trace, and differ from all other
    /// traces.
    pub(crate) fn check_trace(&self) {
        let (expected, found) = (self.model().trace(), trace_id());
        let mut traces = lock(&self.0.traces);
        let is_right = match (expected, &found) {
            (None, None) => true,
            (Some(number), Some(id)) => match traces.get(&number) {
                Some(known) => known == id,
                None => {
                    !traces.values().any(|known| known == id)
                        && traces.insert(number, id.clone()).is_none()
                }
            },
            _ => false,
        };
        if !is_right {
            self.fault(format!(
                "the trace is {found:?} instead of that of {expected:?} in {traces:?}"
            ));
        }
    }

    /// Runs the tasks until none is left, and returns the differences.
    pub(crate) fn run(&self, seed: u64, workers: &Workers) -> (Vec<Sent>, Vec<String>) {
        let mut random = Random::new(!seed);
        loop {
            let mut tasks = lock(&self.0.tasks);
            if tasks.is_empty() {
                drop(tasks);
                let Some(orphan) = lock(&self.0.orphans).pop() else { break };
                // A future that no task continues becomes a task, or never continues.
                let left = (random.below(2) == 0).then_some(0);
                self.spawn(orphan, left);
                continue;
            }
            let at = random.below(tasks.len());
            let task = tasks.swap_remove(at);
            drop(tasks);
            let executor = self.clone();
            let turn = move || executor.0.mark.run(|| executor.turn(task));
            match random.below(6) {
                0 => workers.first.run(turn),
                1 => workers.second.run(turn),
                _ => turn(),
            }
        }
        // An open handle would delay its segment.
        lock(&self.0.handles).clear();
        (std::mem::take(&mut *lock(&self.0.sent)), std::mem::take(&mut *lock(&self.0.faults)))
    }

    fn turn(&self, mut task: Task) {
        if task.left == Some(0) {
            drop(task);
        } else if task.future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            task.left = task.left.map(|left| left - 1);
            lock(&self.0.tasks).push(task);
        }
        if self.model().now != Place::Nowhere || !testing::is_idle() {
            self.fault(format!(
                "a turn ends at {:?}, and a segment is {} the slot",
                self.model().now,
                if testing::is_idle() { "not in" } else { "in" }
            ));
        }
    }
}

/// The threads in addition to the test's own.
pub(crate) struct Workers {
    first: Worker,
    second: Worker,
}

impl Workers {
    pub(crate) fn start() -> Self {
        Self { first: Worker::start(), second: Worker::start() }
    }
}

struct Worker {
    jobs: Option<Sender<Box<dyn FnOnce() + Send>>>,
    done: Receiver<()>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Worker {
    fn start() -> Self {
        let (jobs, todo) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        let (tell, done) = mpsc::channel();
        let thread = thread::spawn(move || {
            for job in todo {
                job();
                if tell.send(()).is_err() {
                    break;
                }
            }
        });
        Self { jobs: Some(jobs), done, thread: Some(thread) }
    }

    /// Runs the job on the thread and waits for it.
    fn run(&self, job: impl FnOnce() + Send + 'static) {
        let jobs = self.jobs.as_ref().expect("present until the drop");
        jobs.send(Box::new(job)).expect("the thread waits for jobs");
        self.done.recv().expect("the job does not panic");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
