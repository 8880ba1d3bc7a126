//! For tests of traced programs: run something, get back the spans that it made.
//!
//! [`run`] and [`run_async`] give each segment that is opened inside a mark, which captures and
//! refs inside the process inherit. They return when no marked segment is open any more and all
//! that was spawned from one has started, so there is nothing to sleep for, and tests that run in
//! parallel do not see each other's spans. If no tracer runs, one without a backend is started.
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
//! What a test sees are the bytes that a backend would have got, decoded. They are held against the
//! rules of the wire, too: where a backend would lose something of them, or show something wrong,
//! the test fails, and the message says why. [`Test::allow`] lets single rules be broken.

mod scope;
mod tracer;
mod tree;

use std::future::Future;
use std::time::Duration;

pub use tree::{Log, Ref, Span, Tree, text};

use scope::Scope;
pub(crate) use scope::{
    Unstarted, decide, delivered, scope, scope_of_header, segment_finished, segment_left,
    segment_opened,
};
pub(crate) use tracer::started;

use crate::context::current_segment;
use crate::report::wire_check;

/// How long a test waits for the segments that it opened.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs `work` and returns the traces that it made, the one that was opened first at the front.
///
/// # Panics
///
/// If a segment is still open 10 seconds after `work` returned; the message names its root. If a
/// segment breaks a rule of the wire; the message says which.
pub fn run<R>(work: impl FnOnce() -> R) -> Vec<Tree> {
    Test::new().run(work)
}

/// The same for a future, on whatever executor polls it.
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
/// If a segment is still open, or a spawned task has not started, 10 seconds after the future was
/// done, or if a segment breaks a rule of the wire; the message says which.
pub async fn run_async<F: Future>(future: F) -> Vec<Tree> {
    Test::new().run_async(future).await
}

/// Lets segments that no test opened break this rule of the wire, from now on and in this process.
/// It matters only where the variable `SW_TESTING_ABORT_ON_VIOLATION` is set: there such a segment
/// ends the process, with the reason on standard error. Set it for programs that tests start, and
/// for tests that look at what arrives at a backend.
pub fn allow(rule: &'static str) {
    wire_check::allow(rule);
}

/// What is open in this process is older by so much from now on: what is too old then
/// ([`Config::max_segment_age`](crate::Config::max_segment_age)) goes on in a new segment, and what waits for a
/// handle is given up.
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
///         testing::grow_old(Duration::from_secs(3_600));
///         drop(span(&PART).enter());
///     });
/// });
/// assert_eq!(testing::text(&trees), "Local stream {unfinished=true}\n  Local part\n  Local stream ref=CrossThread SKIP_ANALYSIS\n");
/// ```
pub fn grow_old(by: Duration) {
    crate::util::coarse_clock::put_on(by);
}

/// True if no segment is being worked on by this thread: what every test of a misuse ends with.
pub fn is_idle() -> bool {
    !current_segment::is_occupied()
}

/// The test that runs on this thread, for threads and tasks that it starts: traces that begin there
/// are the test's too. What goes on by a capture or a header is so anyway.
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
    Mark(scope())
}

/// The mark of a test: made by [`mark`].
#[derive(Clone, Copy, Debug)]
pub struct Mark(u32);

impl Mark {
    /// Runs `work` as part of the test.
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        let _here = scope::enter(self.0);
        work()
    }
}

/// [`run`] with settings of its own.
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
    /// Everything is sampled.
    pub fn new() -> Self {
        Self { scope: Scope::open(), allowed: Vec::new() }
    }

    /// Lets the test's segments break this rule of the wire. The message of a test that fails by
    /// one begins with its name.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing};
    ///
    /// static CACHED: Callsite = callsite!(local, "look up", layer = cache); // an OAP makes nothing of it without the tag `cache.type`
    ///
    /// let trees = testing::Test::new().allow("tag-missing").run(|| span(&CACHED).run(|| ()));
    /// assert_eq!(testing::text(&trees), "Local look up layer=Cache\n");
    /// ```
    pub fn allow(mut self, rule: &'static str) -> Self {
        self.allowed.push(rule);
        self
    }

    /// The trees of what was collected, if it keeps to the rules.
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
            "what a backend would get breaks the rules of the wire (`Test::allow` lets a test do so):\n  {}\n{}",
            broken.join("\n  "),
            text(&trees)
        );
        trees
    }

    /// Requests are sampled if `sampler` says so of the name of their first span. It is not asked
    /// about those that come with a valid context: these are sampled.
    pub fn sampler(self, sampler: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.scope.set_sampler(Box::new(sampler));
        self
    }

    /// As [`run`].
    ///
    /// # Panics
    ///
    /// As [`run`].
    pub fn run<R>(self, work: impl FnOnce() -> R) -> Vec<Tree> {
        {
            let _here = self.scope.enter();
            work();
        }
        self.scope.wait(PATIENCE);
        self.grown()
    }

    /// As [`run_async`].
    ///
    /// # Panics
    ///
    /// As [`run_async`].
    pub async fn run_async<F: Future>(self, future: F) -> Vec<Tree> {
        scope::InScope::new(&self.scope, future).await;
        self.scope.wait_async(PATIENCE).await;
        self.grown()
    }
}
