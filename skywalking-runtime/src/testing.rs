//! Tools for tests of traced programs: run code, and compare the spans that it recorded.
//!
//! [`run`] and [`run_async`] mark each segment that is opened inside. Captures and references
//! inside the process inherit the mark. Both return when no marked segment is open and all spawned
//! work has started. So tests need no sleep, and parallel tests do not see each other's spans. If
//! no tracer runs, one without a backend is started.
//!
//! ```
//! use skywalking_runtime::{Callsite, callsite, span, testing};
//!
//! static ENTRY: Callsite = callsite!(entry, "/work", layer = http);
//! static PART: Callsite = callsite!(local, "part");
//!
//! let trees = testing::run(|| span(&ENTRY).run(|| drop(span(&PART).enter())));
//! assert_eq!(testing::text(&trees), "Entry /work layer=Http\n  Local part\n");
//! ```
//!
//! A test compares the bytes that a backend would receive, decoded. They are also checked against
//! the rules of the protocol: if a backend would lose or misinterpret something, the test fails
//! with the reason. [`Test::allow`] allows single violations.

mod in_scope;
mod observer;
mod scope;
mod tracer;
mod tree;
mod watch;

use std::future::Future;
use std::time::Duration;

pub use tree::{Log, Ref, RefKind, Span, Tree, text};

use scope::Scope;

use crate::context::current_segment;
pub use crate::observer::wire_check::Allowed;
use crate::observer::{TestId, wire_check};

/// How long a test waits for its segments.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs `work` and returns the traces that it recorded, in the order in which they were opened.
///
/// # Panics
///
/// Panics if a segment is still open 10 seconds after `work` returned, with the name of its root.
/// Panics if a segment violates a rule of the protocol, with the rule.
pub fn run<R>(work: impl FnOnce() -> R) -> Vec<Tree> {
    Test::new().run(work)
}

/// Runs a future, on any executor, and returns the traces that it recorded.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, span, testing};
///
/// static ENTRY: Callsite = callsite!(entry, "/work");
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let trees = testing::run_async(span(&ENTRY).future(async { 42 })).await;
/// assert_eq!(testing::text(&trees), "Entry /work\n");
/// # });
/// ```
///
/// # Panics
///
/// Panics if a segment is still open, or a spawned task has not started, 10 seconds after the
/// future was done. Panics if a segment violates a rule of the protocol.
pub async fn run_async<F: Future>(future: F) -> Vec<Tree> {
    Test::new().run_async(future).await
}

/// Allows segments that belong to no test to violate this rule of the protocol in this process,
/// until the guard is dropped.
///
/// This has an effect only if the variable `SW_TESTING_ABORT_ON_VIOLATION` is set: such a segment
/// aborts the process then, with the reason on standard error. Set the variable for programs that
/// tests start, and for tests that check what a backend receives.
pub fn allow(rule: &'static str) -> Allowed {
    Allowed::new(rule)
}

/// Makes everything that is open in this process older by this duration.
///
/// A segment that is too old then ([`Config::max_segment_age`](crate::Config::max_segment_age))
/// continues in a new segment, and a segment that waits for a handle is sent.
///
/// ```
/// use std::time::Duration;
/// use skywalking_runtime::{Callsite, callsite, span, testing};
///
/// static STREAM: Callsite = callsite!(local, "stream");
/// static PART: Callsite = callsite!(local, "part");
///
/// let trees = testing::run(|| {
///     span(&STREAM).run(|| {
///         testing::advance_clock(Duration::from_secs(3_600));
///         drop(span(&PART).enter());
///     });
/// });
/// assert_eq!(testing::text(&trees), "Local stream {unfinished=true}\n  Local part\n  Local stream ref=CrossThread SKIP_ANALYSIS\n");
/// ```
pub fn advance_clock(by: Duration) {
    observer::advance_clock(by);
}

/// Returns true if this thread has no current segment. Use it at the end of a test of misuse.
pub fn is_idle() -> bool {
    !current_segment::is_occupied()
}

/// Returns the mark of the test on this thread, for threads and tasks that the test starts. Without
/// it, traces that begin there do not belong to the test. Work that continues a capture or a header
/// needs no mark.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, span, testing};
///
/// static JOB: Callsite = callsite!(local, "job");
///
/// let trees = testing::run(|| {
///     let test = testing::mark();
///     std::thread::spawn(move || test.run(|| span(&JOB).run(|| ()))).join().unwrap();
/// });
/// assert_eq!(testing::text(&trees), "Local job\n");
/// ```
pub fn mark() -> Mark {
    Mark(scope::current())
}

/// The mark of a test, returned by [`mark`].
#[derive(Clone, Copy, Debug)]
pub struct Mark(TestId);

impl Mark {
    /// Runs `work` as part of the test.
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        let _here = scope::enter(self.0);
        work()
    }
}

/// A test with options. [`run`] and [`run_async`] use the defaults.
#[must_use = "a test does nothing until `run` or `run_async`"]
#[derive(Debug)]
pub struct Test {
    scope: Scope,
    allowed: Vec<&'static str>,
}

impl Default for Test {
    fn default() -> Self {
        Self::new()
    }
}

impl Test {
    /// Creates a test in which every request is sampled.
    pub fn new() -> Self {
        observer::install();
        Self { scope: Scope::open(), allowed: Vec::new() }
    }

    /// Allows the test's segments to violate this rule of the protocol. The message of a test that
    /// fails because of a violation begins with the rule's name.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing};
    ///
    /// // An OAP ignores it without the tag `cache.type`.
    /// static CACHED: Callsite = callsite!(local, "look up", layer = cache);
    ///
    /// let trees = testing::Test::new().allow("tag-missing").run(|| span(&CACHED).run(|| ()));
    /// assert_eq!(testing::text(&trees), "Local look up layer=Cache\n");
    /// ```
    pub fn allow(mut self, rule: &'static str) -> Self {
        self.allowed.push(rule);
        self
    }

    /// Builds trees from the collected segments, if they violate no rule.
    fn grown(self) -> Vec<Tree> {
        let collected = self.scope.collect();
        let broken = collected
            .segments
            .iter()
            .flat_map(wire_check::violations)
            .filter(|found| !self.allowed.contains(&found.rule.name()));
        let broken: Vec<_> =
            broken.map(|found| format!("{}: {found}", found.rule.name())).collect();
        let trees = tree::grow(collected);
        assert!(
            broken.is_empty(),
            "the segments violate rules of the protocol (`Test::allow` allows single rules):\n  {}\n{}",
            broken.join("\n  "),
            text(&trees)
        );
        trees
    }

    /// Sets a sampler, which gets the name of a request's first span. Requests with a valid context
    /// are always sampled.
    pub fn sampler(self, sampler: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.scope.set_sampler(Box::new(sampler));
        self
    }

    /// Runs `work` like [`run`].
    ///
    /// # Panics
    ///
    /// Panics like [`run`].
    pub fn run<R>(self, work: impl FnOnce() -> R) -> Vec<Tree> {
        {
            let _here = self.scope.enter();
            work();
        }
        self.scope.wait(PATIENCE);
        self.grown()
    }

    /// Runs a future like [`run_async`].
    ///
    /// # Panics
    ///
    /// Panics like [`run_async`].
    pub async fn run_async<F: Future>(self, future: F) -> Vec<Tree> {
        in_scope::InScope::new(&self.scope, future).await;
        self.scope.wait_async(PATIENCE).await;
        self.grown()
    }
}
