//! The guard of a child span.

use crate::context::current_segment;
use crate::span::callsite::Callsite;
use crate::trace::deferred_span::Prepared;
use crate::trace::opening::Opening;
use crate::trace::scope::{self, Scope};
use crate::tracer;
use crate::util::diagnostics::{self, Diagnostic};

/// Ends a child span when it drops. [`SpanBuilder::enter`](crate::SpanBuilder::enter) creates it.
///
/// It cannot be held over an `.await`: use [`SpanBuilder::future`](crate::SpanBuilder::future)
/// there.
#[must_use = "the span ends when this guard drops: keep it with `let _span = ..`, not `let _ = ..`"]
#[derive(Debug)]
pub struct ChildGuard {
    _scope: Scope,
}

#[inline]
#[expect(clippy::needless_pass_by_value, reason = "entering uses up what was described")]
pub(crate) fn enter(prepared: Prepared) -> ChildGuard {
    let scope = if !tracer::enabled() {
        Scope::NONE
    } else if current_segment::with(|_| ()).is_none() {
        diagnostics::count(Diagnostic::ChildWithoutContext);
        Scope::NONE
    } else if prepared.is_plain() {
        scope::open_by_hand(prepared.callsite())
    } else {
        enter_described(&prepared)
    };
    ChildGuard { _scope: scope }
}

#[inline(never)]
fn enter_described(prepared: &Prepared) -> Scope {
    let callsite: &'static Callsite = prepared.callsite();
    scope::held_by_hand(prepared.describe(Opening::of_child(callsite)).enter(), callsite)
}
