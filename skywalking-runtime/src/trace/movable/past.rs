//! Spans of work that is over.

use std::time::Duration;

use crate::context::begun::Begun;
use crate::context::current_segment;
use crate::span::callsite::Callsite;
use crate::trace::movable::is_own_thread;
use crate::trace::opening::Opening;
use crate::trace::opening_span::OpeningSpan;
use crate::tracer;
use crate::util::clock;

/// Records a span that ends now and took so long. It is a child of the current span, or begins a
/// trace. A start before that of the agent becomes that of the agent. `describe` is called if an
/// agent runs.
pub fn past(
    callsite: &'static Callsite,
    took: Duration,
    describe: impl FnOnce(&mut OpeningSpan<'_>),
) {
    if !tracer::enabled() || is_own_thread() {
        return;
    }
    let mut opening = Opening::new(callsite);
    describe(&mut OpeningSpan::new(&mut opening));
    let scope = opening.enter();
    let begun = Begun::of_scope(&scope);
    let started = clock::now().saturating_sub(clock::ticks(took)).max(1);
    current_segment::with_key(begun.key, |segment| {
        if segment.is_sampled() {
            segment.start_at(begun.opened(), started);
        }
    });
}
