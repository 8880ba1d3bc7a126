//! The builder of spans, and the ways to run one.
//!
//! | to cover | call | the span ends |
//! | --- | --- | --- |
//! | a closure | [`SpanBuilder::run`] | when it returns or panics |
//! | a future | [`SpanBuilder::future`] | when it is done or dropped |
//! | the rest of a block, as a child | [`SpanBuilder::enter`] | when the guard drops |
//! | several steps, on any thread | [`SpanBuilder::resumable`] | by `finish` |
//! | work that a callback or another thread ends | [`detach`](crate::trace::current::CurrentSpan::detach) | by `finish` |
//!
//! There is no public guard for a span that starts a trace: sooner or later one would be held over
//! an `.await`, and another task would write into its segment.
//!
//! A layer for `tracing` needs a span that is entered and left by hand, on any thread and on several
//! at once: a [`MovableSpan`](crate::trace::movable::MovableSpan). It can be neither a guard, which
//! stays on its thread, nor a [`ResumableSpan`], whose steps are closures and never overlap.

use std::fmt::{Debug, Display};
use std::future::Future;

use crate::headers::carrier::Extract;
use crate::span::callsite::Callsite;
use crate::span::tag::TagValue;
use crate::trace::child_guard::{self, ChildGuard};
use crate::trace::deferred_span::Prepared;
use crate::trace::scope::Scope;
use crate::trace::traced::ResumableSpan;
use crate::tracer;

/// Describes a span of `callsite`, which opens where it is run: as a child of the current span if
/// there is one, otherwise it starts a new trace.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, span, testing};
///
/// static SNAPSHOT: Callsite = callsite!(entry, "/API/Snapshot", layer = http);
/// static PLAN: Callsite = callsite!(local, "plan");
///
/// let headers = String::new(); // the headers of the request
/// let trees = testing::run(|| {
///     let answer = span(&SNAPSHOT).extract(&headers).run(|| {
///         let _plan = span(&PLAN).enter();
///         42
///     });
///     assert_eq!(answer, 42);
/// });
/// assert_eq!(testing::text(&trees), "Entry /API/Snapshot layer=Http\n  Local plan\n");
/// ```
///
/// A local span that starts a trace is an [orphan](crate::stats::orphans()), like one of an
/// attribute. If it is meant to start traces, set
/// [`orphans(Orphans::Trace)`](crate::Callsite::orphans) on the callsite.
///
/// Without an agent nothing is recorded, and the work runs unchanged.
#[inline]
pub fn span(callsite: &'static Callsite) -> SpanBuilder {
    SpanBuilder { prepared: Prepared::new(callsite) }
}

/// Describes a span. [`span`] creates it. [`run`](Self::run), [`future`](Self::future),
/// [`enter`](Self::enter) or [`resumable`](Self::resumable) opens it.
///
/// Write headers inside the span, by [`inject`](crate::propagation::inject), since they name it.
#[must_use = "a span does nothing until `run`, `future`, `enter` or `resumable`"]
#[derive(Debug)]
pub struct SpanBuilder {
    prepared: Prepared,
}

impl SpanBuilder {
    #[inline]
    fn set(mut self, set: impl FnOnce(&mut Prepared)) -> Self {
        if tracer::enabled() {
            set(&mut self.prepared);
        }
        self
    }

    /// Continues the trace whose context the carrier holds.
    ///
    /// A child keeps its trace and gets a reference to the sender.
    pub fn extract<C: Extract + ?Sized>(self, carrier: &C) -> Self {
        self.set(|prepared| prepared.extract(carrier))
    }

    /// Continues the trace of the first message of a batch, and refers to the senders of all.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span};
    ///
    /// static CONSUME: Callsite = callsite!(entry, "orders", layer = mq);
    ///
    /// let messages = [String::new(), String::new()]; // the headers of each message
    /// span(&CONSUME).extract_each(&messages).run(|| {});
    /// ```
    pub fn extract_each<I>(self, carriers: I) -> Self
    where
        I: IntoIterator<Item: Extract>,
    {
        self.set(|prepared| prepared.extract_each(carriers))
    }

    /// Sets the operation name. Default: the callsite's.
    ///
    /// It is cut at 150 UTF-16 units; an empty one leaves the default.
    pub fn name(self, name: impl Display) -> Self {
        self.set(|prepared| prepared.name(&name))
    }

    /// Sets the address of the remote peer. Default: the callsite's.
    ///
    /// It is cut at 200 UTF-16 units; an empty one becomes `unknown` on an exit span.
    pub fn peer(self, peer: impl Display) -> Self {
        self.set(|prepared| prepared.peer(&peer))
    }

    /// Adds a tag: text (cut at 2048 UTF-16 units), an integer or a bool.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing};
    ///
    /// static QUERY: Callsite = callsite!(exit, "query", layer = database);
    ///
    /// let trees = testing::run(|| {
    ///     span(&QUERY).name("query/users").peer("db:5432").tag("db.type", "sql").tag("rows", 3).run(|| {});
    /// });
    /// assert_eq!(testing::text(&trees), "Exit query/users layer=Database peer=db:5432 {db.type=sql, rows=3}\n");
    /// ```
    pub fn tag(self, key: &'static str, value: impl TagValue) -> Self {
        self.set(|prepared| prepared.tag(key, value.raw()))
    }

    /// Adds a tag of any type that implements [`Display`].
    pub fn tag_display(self, key: &'static str, value: impl Display) -> Self {
        self.set(|prepared| prepared.tag_display(key, &value))
    }

    /// Adds a tag of any type that implements [`Debug`].
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing};
    ///
    /// static PLAN: Callsite = callsite!(local, "plan");
    ///
    /// let trees = testing::run(|| span(&PLAN).tag_debug("route", [1, 2]).run(|| ()));
    /// assert_eq!(testing::text(&trees), "Local plan {route=[1, 2]}\n");
    /// ```
    pub fn tag_debug(self, key: &'static str, value: impl Debug) -> Self {
        self.set(|prepared| prepared.tag_debug(key, &value))
    }

    /// Leaves the request out: neither the span nor anything below it is recorded.
    ///
    /// If a span is already current, the only effect is that no child is created.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing, trace_id};
    ///
    /// static HEALTH: Callsite = callsite!(entry, "/health");
    /// static QUERY: Callsite = callsite!(exit, "/query", peer = "db:5432");
    ///
    /// let trees = testing::run(|| {
    ///     span(&HEALTH).ignore().run(|| {
    ///         let _query = span(&QUERY).enter();
    ///         assert!(trace_id().is_some());
    ///     });
    /// });
    /// assert!(trees.is_empty());
    /// ```
    pub fn ignore(self) -> Self {
        self.set(Prepared::ignore)
    }

    /// Runs a closure as the span.
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        let _scope = self.open();
        work()
    }

    #[inline]
    fn open(self) -> Scope {
        if self.prepared.is_plain() {
            Scope::open_of_any_kind(self.prepared.callsite())
        } else {
            self.prepared.opening().enter()
        }
    }

    /// Makes a future run as the span. The span opens at the first poll, and ends when the future
    /// is done or dropped.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing};
    ///
    /// static FETCH: Callsite = callsite!(local, "fetch");
    ///
    /// # futures::executor::block_on(async {
    /// let trees = testing::run_async(async {
    ///     assert_eq!(span(&FETCH).tag("page", 1).future(async { 42 }).await, 42);
    /// })
    /// .await;
    /// assert_eq!(testing::text(&trees), "Local fetch {page=1}\n");
    /// # });
    /// ```
    pub fn future<F: Future>(self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.prepared.future(future)
    }

    /// Opens a child of the current span until the guard drops.
    ///
    /// Without a current span the guard does nothing, and is counted as
    /// [`Diagnostic::ChildWithoutContext`](crate::stats::Diagnostic::ChildWithoutContext): a trace is
    /// started by a closure or a future.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing};
    ///
    /// static ORDER: Callsite = callsite!(entry, "/orders");
    /// static PRICE: Callsite = callsite!(local, "price");
    /// static STOCK: Callsite = callsite!(local, "stock");
    ///
    /// let trees = testing::run(|| {
    ///     span(&ORDER).run(|| {
    ///         let price = span(&PRICE).enter();
    ///         drop(price);
    ///         let _stock = span(&STOCK).tag("items", 3).enter();
    ///     });
    /// });
    /// assert_eq!(testing::text(&trees), "Entry /orders\n  Local price\n  Local stock {items=3}\n");
    /// ```
    ///
    /// The guard stays on the thread that made it:
    ///
    /// ```compile_fail,E0277
    /// # use skywalking_runtime::{Callsite, callsite, span};
    /// static PLAN: Callsite = callsite!(local, "plan");
    /// let guard = span(&PLAN).enter();
    /// std::thread::spawn(move || drop(guard));
    /// ```
    #[inline]
    pub fn enter(self) -> ChildGuard {
        child_guard::enter(self.prepared)
    }

    /// Prepares a span that runs in steps, on any thread. It opens at the first step.
    pub fn resumable(self) -> ResumableSpan {
        ResumableSpan::new(self.prepared)
    }
}
