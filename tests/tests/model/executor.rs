//! What runs a program: its tasks, polled on one of three threads in an order that the seed says,
//! one at a time; and what it put aside.

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

use super::plan::Which;
use super::reference::{Model, Place};

/// A future that any thread may poll.
pub(crate) type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Task {
    future: Boxed,
    /// It is aborted after so many polls.
    left: Option<u8>,
}

/// The headers of a message.
pub(crate) type Headers = Vec<(String, String)>;

/// A header that was sent: the segment and the span that it names, and the number of that span in
/// the model.
pub(crate) type Sent = (String, i32, usize);

/// A running program.
#[derive(Clone)]
pub(crate) struct World(Arc<Inside>);

struct Inside {
    model: Mutex<Model>,
    samples: Arc<AtomicBool>,
    mark: Mark,
    tasks: Mutex<Vec<Task>>,
    /// Futures that were begun and wait for somebody to go on with them.
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

impl World {
    /// Roots are recorded while `samples` says so.
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

    pub(crate) fn abandon(&self, future: Boxed) {
        lock(&self.0.orphans).push(future);
    }

    pub(crate) fn adopt(&self, which: Which) -> Option<Boxed> {
        let mut orphans = lock(&self.0.orphans);
        let at = which.checked_rem(orphans.len())?;
        Some(orphans.remove(at))
    }

    /// Puts a snapshot aside; the model's is told apart.
    pub(crate) fn keep(&self, snapshot: Snapshot) {
        lock(&self.0.kept).push(snapshot);
        let mut model = self.model();
        let kept = model.keep();
        model.kept.push(kept);
    }

    pub(crate) fn kept(&self, which: Which) -> Option<(Snapshot, super::reference::Kept)> {
        let kept = lock(&self.0.kept);
        let at = which.checked_rem(kept.len())?;
        Some((kept[at].clone(), self.model().kept[at].clone()))
    }

    pub(crate) fn put(&self, headers: Headers) {
        lock(&self.0.messages).push(headers);
    }

    /// A message that may be read here.
    pub(crate) fn message(&self, which: Option<Which>) -> Option<(Which, Headers)> {
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

    pub(crate) fn waits_for_handles(&self) -> bool {
        lock(&self.0.handles).iter().flatten().any(DetachedSpan::is_recording)
    }

    /// One of the handles that are not done.
    pub(crate) fn take_handle(&self, which: Which) -> Option<(Which, DetachedSpan)> {
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

    pub(crate) fn return_handle(&self, which: Which, handle: DetachedSpan) {
        lock(&self.0.handles)[which] = Some(handle);
    }

    /// Something that the tracer says while the program runs is not so.
    pub(crate) fn fault(&self, fault: String) {
        lock(&self.0.faults).push(fault);
    }

    /// Looks at the id of the trace at hand: the same for the same trace, and for no other.
    pub(crate) fn look_at_trace(&self) {
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

    /// Runs the tasks until none is left; then the faults.
    pub(crate) fn run(&self, seed: u64, workers: &Workers) -> (Vec<Sent>, Vec<String>) {
        let mut random = Random::new(!seed);
        loop {
            let mut tasks = lock(&self.0.tasks);
            if tasks.is_empty() {
                drop(tasks);
                let Some(orphan) = lock(&self.0.orphans).pop() else { break };
                // What nobody adopts goes on as a task, or never does.
                let left = (random.below(2) == 0).then_some(0);
                self.spawn(orphan, left);
                continue;
            }
            let at = random.below(tasks.len());
            let task = tasks.swap_remove(at);
            drop(tasks);
            let world = self.clone();
            let turn = move || world.0.mark.run(|| world.turn(task));
            match random.below(6) {
                0 => workers.first.run(turn),
                1 => workers.second.run(turn),
                _ => turn(),
            }
        }
        // A handle that is never done would keep its segment for long.
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

/// Threads beside the test's own.
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

    /// Does it there, and waits.
    fn run(&self, job: impl FnOnce() + Send + 'static) {
        let jobs = self.jobs.as_ref().expect("only a drop takes it");
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
