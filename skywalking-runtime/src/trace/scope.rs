//! A span that is open on this thread, as two numbers: the segment's key, and the span's position
//! with some bits.
//!
//! The numbers name the span without owning it. A guard that outlives its segment, or is dropped
//! while another segment is current, finds another key and only counts that.

use std::cell::Cell;
use std::marker::PhantomData;
use std::thread::panicking;

use crate::context::begun::{BY_HAND, Begun, End, PANICKING, ROOT};
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::other_task;
use crate::context::thread_state;
use crate::segment::{Segment, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::Mark;
use crate::trace::root;
use crate::tracer;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};

thread_local! {
    /// Where a span that opens inside a future leaves its numbers for the future. It is
    /// [`Begun::EXPECTED`] until then.
    static BEGUN: Cell<Begun> = const { Cell::new(Begun::NOTHING) };
}

/// Opens a span for the future that is polled for the first time. If no future waits for it,
/// because a tracer started after the wrapper had checked, nothing is opened: nobody would close
/// it.
pub(crate) fn begin_for_future(open: impl FnOnce() -> Begun) {
    if BEGUN.get() == Begun::EXPECTED {
        BEGUN.set(open());
    }
}

/// Replaces the numbers that were left, and returns the old ones.
pub(crate) fn exchange_begun(begun: Begun) -> Begun {
    BEGUN.replace(begun)
}

/// Keeps a span open on this thread until it drops.
#[must_use = "the span closes when this guard drops: keep it with `let _span = ..`; `let _ = ..` drops it at once"]
#[derive(Debug)]
pub struct Scope {
    key: u64,
    bits: u32,
    /// Not `Send`: a span closes on the thread that opened it.
    here: PhantomData<*const ()>,
}

impl Begun {
    #[inline]
    pub(crate) fn into_scope(mut self) -> Scope {
        // A child of an unsampled request has nothing to close.
        let closes = !self.is_unsampled() || self.is_root();
        self.note_panic();
        Scope { key: if closes { self.key } else { 0 }, bits: self.bits, here: PhantomData }
    }

    #[inline]
    pub(crate) fn of_scope(scope: &Scope) -> Self {
        Self { key: scope.key, bits: scope.bits }
    }
}

impl Scope {
    /// No span.
    pub const NONE: Self = Self { key: 0, bits: 0, here: PhantomData };

    /// Opens a span for which only the callsite is known.
    #[inline]
    pub fn open(callsite: &'static Callsite) -> Self {
        if tracer::enabled() { open(callsite) } else { Self::NONE }
    }

    /// Opens an Entry. It may start a trace in a task that is polled below the root of another
    /// task.
    #[inline]
    pub fn open_entry(callsite: &'static Callsite) -> Self {
        if tracer::enabled() { open_entry(callsite) } else { Self::NONE }
    }

    /// Opens a span whose kind is not known at compile time.
    #[inline]
    pub(crate) fn open_of_any_kind(callsite: &'static Callsite) -> Self {
        if callsite.kind == SpanKind::Entry {
            Self::open_entry(callsite)
        } else {
            Self::open(callsite)
        }
    }
}

#[inline(never)]
fn open(callsite: &'static Callsite) -> Scope {
    let found = current_segment::with(|segment| {
        if segment.is_sampled() {
            Begun::child(segment.key(), segment.open(callsite))
        } else {
            Begun::NOTHING
        }
    });
    match found {
        Some(begun) => begun.into_scope(),
        None => open_root(callsite),
    }
}

#[inline(never)]
fn open_entry(callsite: &'static Callsite) -> Scope {
    if other_task::is_here_for_a_span() { open_root(callsite) } else { open(callsite) }
}

#[cold]
fn open_root(callsite: &'static Callsite) -> Scope {
    let segment =
        root::segment_for(callsite).and_then(|segment| root::decide(segment, callsite, 0));
    segment.map_or(Scope::NONE, |mut segment| {
        segment.run_as_call();
        root::begin(segment, callsite, 0, 0).into_scope()
    })
}

/// Opens a child for a guard that the program holds. In two steps, so that the code of an
/// attribute's span stays inlined.
pub(crate) fn open_by_hand(callsite: &'static Callsite) -> Scope {
    held_by_hand(open(callsite), callsite)
}

/// Marks a child whose guard the program holds.
pub(crate) fn held_by_hand(mut scope: Scope, callsite: &'static Callsite) -> Scope {
    let opened = Begun::of_scope(&scope).opened();
    if current_segment::with_key(scope.key, |segment| segment.open_guard(callsite, opened))
        .is_some()
    {
        scope.bits |= BY_HAND;
    }
    scope
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        if self.key != 0 {
            close(self.key, self.bits);
        }
    }
}

#[inline(never)]
fn close(key: u64, bits: u32) {
    let begun = Begun { key, bits };
    let panicked = panicking() && bits & PANICKING == 0;
    if bits & (ROOT | BY_HAND | SpanRef::OVERFLOW | SpanRef::LEVEL) != 0 || panicked {
        return close_other(key, bits, panicked);
    }
    let end = clock::now();
    // No call here: it would cost each span its registers.
    let closed = current_segment::with_key(key, |segment| {
        segment.close(begun.index(), end) && !segment.is_due()
    });
    if closed != Some(true) {
        close_unusual(begun);
    }
}

/// Handles a span that was not where its guard was dropped, or that is detached, or whose segment
/// is to be split.
#[cold]
fn close_unusual(begun: Begun) {
    let leave = |segment: &mut Segment| {
        segment.leave_detached(begun.index());
        segment.is_due()
    };
    match current_segment::with_key(begun.key, leave) {
        Some(false) => {}
        Some(true) => thread_state::split(begun.key),
        None => diagnostics::count(Diagnostic::GuardMisplaced),
    }
}

/// Takes numbers rather than a [`Begun`], which would cost each span a stack slot.
#[cold]
fn close_other(key: u64, bits: u32, panicked: bool) {
    let begun = Begun { key, bits };
    let closed = current_segment::with_key(begun.key, |segment| {
        if !begun.is_unsampled() {
            if panicked {
                segment.mark(begun.opened(), Mark::Panicked);
            }
            if begun.bits & BY_HAND != 0 {
                segment.close_guard(begun.opened());
            }
            segment.end(begun.opened());
        }
        segment.is_due()
    });
    match closed {
        None if begun.is_root() => {
            ended_roots::leave(
                begun,
                Some(if panicked { End::Marked(Mark::Panicked) } else { End::Ready }),
                None,
            );
        }
        None => diagnostics::count(Diagnostic::GuardMisplaced),
        Some(_) if begun.is_root() => {
            if let Some(mut segment) = current_segment::take_key(begun.key) {
                let displaced = segment.take_displaced();
                thread_state::finish(segment);
                if let Some(displaced) = displaced {
                    ended_roots::put_back(displaced);
                }
            }
        }
        Some(true) => thread_state::split(begun.key),
        Some(false) => {}
    }
}
