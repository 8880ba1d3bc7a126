//! The mark of a test: its open segments, its tasks that have not started, and the collected
//! segments.
//!
//! Only marked segments use the lock of this module.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::num::NonZeroU32;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::watch::Watch;
use crate::observer::TestId;
use crate::util::id;

pub(super) type Sampler = Box<dyn Fn(&str) -> bool + Send + Sync>;

#[derive(Default)]
pub(super) struct Marked {
    /// The keys of open segments, and the names of their roots.
    pub(super) open: HashMap<u64, &'static str>,
    /// The names of tasks and closures that continue a span of the test and have not started.
    pub(super) unstarted: Vec<&'static str>,
    /// The keys of all segments, in the order in which they were opened.
    pub(super) order: Vec<u64>,
    pub(super) done: Vec<Bytes>,
    sampler: Option<Arc<Sampler>>,
    waker: Option<Waker>,
}

impl Marked {
    fn is_settled(&self) -> bool {
        self.open.is_empty() && self.unstarted.is_empty()
    }
}

#[derive(Default)]
struct Scopes {
    last: u32,
    marked: HashMap<TestId, Marked>,
    /// The ids of the segments whose contexts were written into headers, and their tests.
    senders: HashMap<String, TestId>,
}

static SCOPES: Mutex<Option<Scopes>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

thread_local! {
    /// The test that roots on this thread belong to.
    static HERE: Cell<TestId> = const { Cell::new(TestId::NONE) };
}

fn lock() -> MutexGuard<'static, Option<Scopes>> {
    SCOPES.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn with<R>(test: TestId, work: impl FnOnce(&mut Marked) -> R) -> Option<R> {
    (!test.is_none())
        .then(|| lock().as_mut().and_then(|scopes| scopes.marked.get_mut(&test)).map(work))
        .flatten()
}

/// Returns the test that runs on this thread.
pub(super) fn current() -> TestId {
    HERE.get()
}

/// Returns the sampler of the test that runs on this thread.
pub(super) fn current_sampler() -> Option<Arc<Sampler>> {
    with(current(), |marked| marked.sampler.clone()).flatten()
}

/// Changes what a test waits for, and wakes it.
pub(super) fn with_waiting(test: TestId, work: impl FnOnce(&mut Marked)) {
    let waker = with(test, |marked| {
        work(marked);
        marked.waker.take()
    });
    if let Some(waker) = waker.flatten() {
        waker.wake();
    }
    CHANGED.notify_all();
}

/// Notes that headers name a segment of a test.
pub(super) fn add_sender(test: TestId, segment: u64) {
    if !test.is_none()
        && let Some(scopes) = lock().as_mut()
    {
        scopes.senders.insert(id::text(segment), test);
    }
}

/// Returns the test of a segment whose id is in headers.
pub(super) fn test_of_sender(segment: &str) -> TestId {
    let found = lock().as_ref().and_then(|scopes| scopes.senders.get(segment).copied());
    found.unwrap_or(TestId::NONE)
}

/// The segments of a test, and the order in which they were opened.
pub(super) struct Collected {
    pub(super) segments: Vec<Bytes>,
    /// The ids of the segments.
    pub(super) order: Vec<String>,
}

pub(super) struct Scope(TestId);

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.0).finish()
    }
}

impl Scope {
    pub(super) fn open() -> Self {
        super::tracer::ensure();
        let mut scopes = lock();
        let scopes = scopes.get_or_insert_default();
        scopes.last += 1;
        let test = NonZeroU32::new(scopes.last).map_or(TestId::NONE, TestId::new);
        scopes.marked.insert(test, Marked::default());
        Self(test)
    }

    pub(super) fn set_sampler(&self, sampler: Sampler) {
        // The old sampler is dropped without the lock, since its destructor may trace.
        let _older = with(self.0, |marked| marked.sampler.replace(Arc::new(sampler)));
    }

    /// Marks later roots on this thread.
    pub(super) fn enter(&self) -> Here {
        enter(self.0)
    }

    pub(super) fn id(&self) -> TestId {
        self.0
    }

    fn is_settled(&self) -> bool {
        with(self.0, |marked| marked.is_settled()).unwrap_or(true)
    }

    pub(super) fn wait(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let mut scopes = lock();
        loop {
            let settled = scopes
                .as_ref()
                .and_then(|scopes| scopes.marked.get(&self.0))
                .is_none_or(Marked::is_settled);
            let left = until.saturating_duration_since(Instant::now());
            if settled || left.is_zero() {
                break;
            }
            scopes = CHANGED
                .wait_timeout(scopes, left.min(Duration::from_millis(100)))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        drop(scopes);
        self.complain(patience);
    }

    pub(super) async fn wait_async(&self, patience: Duration) {
        let until = Instant::now() + patience;
        // The executor may have no timer, so a thread keeps the time.
        let mut watch = None;
        poll_fn(|cx: &mut Context<'_>| {
            let waker = cx.waker().clone();
            let _older = with(self.0, |marked| marked.waker.replace(waker));
            if self.is_settled() || Instant::now() >= until {
                return Poll::Ready(());
            }
            watch.get_or_insert_with(|| Watch::start(patience, cx.waker().clone()));
            Poll::Pending
        })
        .await;
        drop(watch);
        self.complain(patience);
    }

    fn complain(&self, patience: Duration) {
        let open: Vec<_> =
            with(self.0, |marked| marked.open.values().copied().collect()).unwrap_or_default();
        assert!(
            open.is_empty(),
            "still open {} s after the test's work was done: {}; a future that is never polled again keeps its segment open",
            patience.as_secs(),
            open.join(", ")
        );
        let unstarted = with(self.0, |marked| marked.unstarted.clone()).unwrap_or_default();
        assert!(
            unstarted.is_empty(),
            "not started {} s after the test's work was done: {}; poll, call or drop what `.traced(..)` and `spawn` were given",
            patience.as_secs(),
            unstarted.join(", ")
        );
    }

    /// Waits for the reporter and takes the collected segments.
    pub(super) fn collect(&self) -> Collected {
        assert!(
            super::tracer::flush(),
            "the agent that runs beside this test did not deliver its segments: while its backend is unreachable, they stay in the queue; \
             give it `Reporter::Discard` in tests"
        );
        let (segments, order) = with(self.0, |marked| {
            (std::mem::take(&mut marked.done), std::mem::take(&mut marked.order))
        })
        .unwrap_or_default();
        Collected { segments, order: order.into_iter().map(id::text).collect() }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let mut removed = None;
        if let Some(scopes) = lock().as_mut() {
            removed = scopes.marked.remove(&self.0);
            scopes.senders.retain(|_, test| *test != self.0);
        }
        // Dropped without the lock, since a sampler's destructor may trace.
        drop(removed);
    }
}

/// Makes later roots on this thread belong to this test.
pub(super) fn enter(test: TestId) -> Here {
    Here(HERE.replace(test))
}

/// Restores the previous test on drop.
pub(super) struct Here(TestId);

impl Drop for Here {
    fn drop(&mut self) {
        HERE.set(self.0);
    }
}
