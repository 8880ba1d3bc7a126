//! Children by hand: a guard, a closure or a future.

use std::future::Future;

use crate::context::current_segment;
use crate::span::callsite::Callsite;
use crate::trace::prepared::Prepared;
use crate::trace::scope::{self, Begun, Scope};
use crate::tracer;
use crate::util::diagnostics::{self, Diagnostic};

/// Opens a child of the current span. It closes when the guard drops.
///
/// Without a current context the guard does nothing and is counted; [`Child::run`] and
/// [`Child::future`] open a root then, as the attributes do.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, child};
///
/// static PLAN: Callsite = callsite!(local, "plan");
///
/// let sum = child(&PLAN).run(|| 40 + 2);
/// assert_eq!(sum, 42);
/// ```
///
/// A child of another thread's span does not exist: the guard stays where it was made.
///
/// ```compile_fail,E0277
/// # use skywalking_runtime::{Callsite, callsite, child};
/// static PLAN: Callsite = callsite!(local, "plan");
/// let guard = child(&PLAN);
/// std::thread::spawn(move || drop(guard));
/// ```
#[inline]
pub fn child(callsite: &'static Callsite) -> Child {
    if tracer::enabled() && current_segment::with(|_| ()).is_some() {
        Child { callsite, scope: scope::open_by_hand(callsite), orphan: false }
    } else {
        Child { callsite, scope: Scope::NONE, orphan: tracer::enabled() }
    }
}

/// The guard of a span that [`child`] opened.
#[must_use = "the span closes when this guard drops: keep it with `let _span = ..`; `let _ = ..` drops it at once"]
#[derive(Debug)]
pub struct Child {
    callsite: &'static Callsite,
    scope: Scope,
    /// There was no context to be a child in.
    orphan: bool,
}

impl Child {
    /// Runs `work` as this span.
    pub fn run<R>(mut self, work: impl FnOnce() -> R) -> R {
        if std::mem::take(&mut self.orphan) {
            let _scope = Prepared::new(self.callsite).opening().enter();
            return work();
        }
        let _open = self;
        work()
    }

    /// Makes the future run as this span. The span opens at the first poll, in the context that it
    /// finds there. To be taken at once: what was opened below the guard before makes of it a
    /// span of its own.
    pub fn future<F: Future>(mut self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.orphan = false;
        let callsite = self.callsite;
        if self.scope.is_open() {
            // What was opened here would be open until the first poll, on another thread perhaps:
            // it has never been.
            let begun = Begun::of_scope(&self.scope);
            current_segment::with_key(begun.key, |segment| {
                if begun.is_by_hand() {
                    segment.close_guard(begun.opened());
                }
                segment.unopen(begun.opened());
            });
            self.scope.defuse();
        }
        Prepared::new(callsite).future(future)
    }
}

impl Drop for Child {
    #[inline]
    fn drop(&mut self) {
        if self.orphan {
            diagnostics::count(Diagnostic::ChildWithoutContext);
        }
    }
}
