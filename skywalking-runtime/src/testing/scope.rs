//! The mark of a test: its open segments, its tasks that have not started, and the collected
//! segments.
//!
//! Only marked segments use the lock of this module.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::watch::Watch;
use crate::headers::sw8::{self, Parts};
use crate::util::id;

type Sampler = Box<dyn Fn(&str) -> bool + Send + Sync>;

#[derive(Default)]
struct Marked {
    /// The keys of open segments, and the names of their roots.
    open: HashMap<u64, &'static str>,
    /// The names of tasks and closures that continue a span of the test and have not started.
    unstarted: Vec<&'static str>,
    /// The keys of all segments, in the order in which they were opened.
    order: Vec<u64>,
    done: Vec<Bytes>,
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
    marked: HashMap<u32, Marked>,
    /// The mark of each segment whose context was written into headers.
    left: HashMap<u64, u32>,
}

static SCOPES: Mutex<Option<Scopes>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

thread_local! {
    /// The mark for roots on this thread.
    static HERE: Cell<u32> = const { Cell::new(0) };
}

fn lock() -> MutexGuard<'static, Option<Scopes>> {
    SCOPES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with<R>(scope: u32, work: impl FnOnce(&mut Marked) -> R) -> Option<R> {
    (scope != 0)
        .then(|| lock().as_mut().and_then(|scopes| scopes.marked.get_mut(&scope)).map(work))
        .flatten()
}

/// Returns the mark of the test that runs on this thread, or 0.
pub(crate) fn scope() -> u32 {
    HERE.get()
}

/// Returns true if a root with this name is sampled.
pub(crate) fn decide(name: &str) -> bool {
    let sampler = with(scope(), |marked| marked.sampler.clone()).flatten();
    // Called without the lock and the mark: a sampler may trace, and its segments do not belong to
    // the test.
    let _outside = Here(HERE.replace(0));
    sampler.is_none_or(|sampler| sampler(name))
}

/// Records that a segment was opened.
pub(crate) fn segment_opened(scope: u32, key: u64, root: &'static str) {
    with(scope, |marked| {
        marked.open.insert(key, root);
        marked.order.push(key);
    });
}

/// Records that a segment has ended. Its bytes follow in [`delivered`].
pub(crate) fn segment_finished(scope: u32, key: u64) {
    let waker = with(scope, |marked| {
        marked.open.remove(&key);
        marked.waker.take()
    });
    if let Some(waker) = waker.flatten() {
        waker.wake();
    }
    CHANGED.notify_all();
}

/// A task or closure that continues a span of the test and has not started. The test waits until
/// this is dropped.
#[derive(Debug)]
pub(crate) struct Unstarted {
    scope: u32,
    name: &'static str,
}

impl Unstarted {
    pub(crate) fn new(scope: u32, name: &'static str) -> Self {
        with(scope, |marked| marked.unstarted.push(name));
        Self { scope, name }
    }
}

impl Drop for Unstarted {
    fn drop(&mut self) {
        let waker = with(self.scope, |marked| {
            let at = marked.unstarted.iter().position(|name| *name == self.name);
            at.map(|at| marked.unstarted.swap_remove(at));
            marked.waker.take()
        });
        if let Some(waker) = waker.flatten() {
            waker.wake();
        }
        CHANGED.notify_all();
    }
}

/// Records that the context of a segment was written into headers.
pub(crate) fn segment_left(key: u64, scope: u32) {
    if scope != 0
        && let Some(scopes) = lock().as_mut()
    {
        scopes.left.insert(key, scope);
    }
}

/// Returns the mark of the segment that a header refers to, if the segment is one of this process.
pub(crate) fn scope_of_header(header: &str, parts: &Parts) -> u32 {
    let Some(key) =
        header.get(parts.segment.clone()).and_then(|part| id::parse(&sw8::decode_text(part)))
    else {
        return 0;
    };
    lock().as_ref().and_then(|scopes| scopes.left.get(&key).copied()).unwrap_or(0)
}

/// Takes the bytes of a marked segment from the reporter. Returns false if the test is over.
pub(crate) fn delivered(scope: u32, segment: &Bytes) -> bool {
    with(scope, |marked| marked.done.push(segment.clone())).is_some()
}

/// The segments of a test, and the order in which they were opened.
pub(super) struct Collected {
    pub(super) segments: Vec<Bytes>,
    /// The ids of the segments.
    pub(super) order: Vec<String>,
}

pub(super) struct Scope(u32);

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({})", self.0)
    }
}

impl Scope {
    pub(super) fn open() -> Self {
        super::tracer::ensure();
        let mut scopes = lock();
        let scopes = scopes.get_or_insert_default();
        scopes.last += 1;
        scopes.marked.insert(scopes.last, Marked::default());
        Self(scopes.last)
    }

    pub(super) fn set_sampler(&self, sampler: Sampler) {
        // The old sampler is dropped without the lock, since its destructor may trace.
        let _older = with(self.0, |marked| marked.sampler.replace(Arc::new(sampler)));
    }

    /// Marks later roots on this thread.
    pub(super) fn enter(&self) -> Here {
        enter(self.0)
    }

    pub(super) fn id(&self) -> u32 {
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
            scopes.left.retain(|_, scope| *scope != self.0);
        }
        // Dropped without the lock, since a sampler's destructor may trace.
        drop(removed);
    }
}

/// Marks later roots on this thread with this mark.
pub(super) fn enter(scope: u32) -> Here {
    Here(HERE.replace(scope))
}

/// Restores the previous mark on drop.
pub(super) struct Here(u32);

impl Drop for Here {
    fn drop(&mut self) {
        HERE.set(self.0);
    }
}
