//! A span that is about to open: whether it will be recorded, and what is known of it before it
//! begins.
//!
//! All code of the program that a span needs (arguments, `Display`, a carrier's `header`) runs
//! here, in the caller's context and before the span's clock starts. A child's attributes go into
//! the current segment, in a list of their own that the record takes over when it opens. A root's
//! attributes go into the segment that will become current.
//!
//! [`target`] is where the span will be, [`context`] reads the headers of the request, and
//! [`describe`] sets name, peer and tags.

mod context;
mod describe;
mod inside;
mod new_root;
mod target;

use std::fmt::Debug;
use std::mem::replace;

use crate::context::begun::Begun;
use crate::headers::carrier::Extract;
use crate::headers::incoming::IncomingHeaders;
use crate::segment::Segment;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::tag::{SpanText, TagDisplay};
use crate::trace::scope::{self, Scope};
use crate::tracer;

pub(crate) use context::each_within_limit;

use new_root::Runs;
use target::{Starts, Target};

/// A span that is about to open.
#[must_use = "an opening is not a span yet: `enter` or `begin` opens it"]
#[derive(Debug)]
pub struct Opening {
    callsite: &'static Callsite,
    target: Target,
    /// The attribute that holds how long the message was on its way, as in
    /// [`Record::side`](crate::span::record::Record::side).
    latency: u32,
}

impl Opening {
    /// Describes a span of `callsite` that is about to open here.
    #[inline]
    pub fn new(callsite: &'static Callsite) -> Self {
        Self::of(callsite, Starts::Traces)
    }

    /// Describes a span that opens only as a child.
    pub(crate) fn of_child(callsite: &'static Callsite) -> Self {
        Self::of(callsite, Starts::Nothing)
    }

    /// Describes the first span of a new trace, also where a span is current.
    pub(crate) fn of_root(callsite: &'static Callsite) -> Self {
        Self { callsite, target: Target::new_root(callsite, Starts::Traces), latency: 0 }
    }

    /// Opens the first span of a trace outside of the slot. Only after
    /// [`of_root`](Self::of_root).
    pub(crate) fn into_segment(mut self) -> Option<(Begun, Box<Segment>)> {
        self.decide();
        self.take_target().into_segment(self.callsite)
    }

    #[inline]
    fn of(callsite: &'static Callsite, starts: Starts) -> Self {
        let target = if tracer::enabled() { Target::Unresolved(starts) } else { Target::Nothing };
        Self { callsite, target, latency: 0 }
    }

    /// Leaves the request out: neither the span nor anything below it is recorded. If a span is
    /// current, only this one is left out.
    pub(crate) fn ignore(&mut self) {
        if matches!(self.target, Target::Unresolved(_)) {
            self.target = Target::ignored();
        }
    }

    fn take_target(&mut self) -> Target {
        replace(&mut self.target, Target::Nothing)
    }

    #[inline]
    fn resolve(&mut self) {
        if let Target::Unresolved(starts) = self.target {
            self.target = Target::resolve(self.callsite, starts);
        }
    }

    /// Decides about an undecided root. Call it when its context and its name are known.
    #[inline]
    fn decide(&mut self) {
        self.resolve();
        if matches!(self.target, Target::Undecided(_)) {
            self.target = self.take_target().decide(self.callsite);
        }
    }

    /// Returns true if an undecided root can still be recorded.
    #[cold]
    fn survives(&mut self) -> bool {
        self.target = self.take_target().refuse_early();
        matches!(self.target, Target::Undecided(_))
    }

    /// Returns true if the context in a carrier would be used.
    #[inline]
    pub fn wants_headers(&mut self) -> bool {
        self.resolve();
        matches!(
            self.target,
            Target::Undecided(_) | Target::Root(_) | Target::Child(_) | Target::Merged(_)
        )
    }

    /// Returns true if a name would be used: only then evaluate its expression.
    #[inline]
    pub fn wants_name(&mut self) -> bool {
        self.resolve();
        match &self.target {
            Target::Undecided(_) => self.survives(),
            Target::OverLimit(_) => false,
            Target::Merged(merged) => merged.takes_name(self.callsite),
            _ => self.wants_tags(),
        }
    }

    /// Returns true if peer and tags would be used. Unlike [`wants_tags`](Self::wants_tags) it may
    /// be called before the name is set.
    #[inline]
    pub(crate) fn wants_tags_early(&mut self) -> bool {
        self.resolve();
        match &self.target {
            Target::Undecided(root) if !root.is_named() => self.survives(),
            _ => self.wants_tags(),
        }
    }

    /// Returns true if peer and tags would be used: only then evaluate their expressions. Decides
    /// about a root, so the name must have been set.
    #[inline]
    pub fn wants_tags(&mut self) -> bool {
        self.decide();
        match &self.target {
            Target::Child(_) | Target::Merged(_) => true,
            Target::Root(root) => root.is_sampled(),
            // An exit over the span limit writes headers, which have its peer.
            Target::OverLimit(_) => self.callsite.kind == SpanKind::Exit,
            Target::Unresolved(_)
            | Target::Nothing
            | Target::Unsampled { .. }
            | Target::Undecided(_) => false,
        }
    }

    /// Adds a tag by `Display`.
    pub fn tag_display<T: TagDisplay + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.tag_formatted(key, format_args!("{value}"));
    }

    /// Adds a tag by `Debug`.
    pub fn tag_debug<T: Debug + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.tag_formatted(key, format_args!("{value:?}"));
    }

    /// Sets the operation name. An empty one leaves the callsite's.
    pub fn name<T: SpanText + ?Sized>(&mut self, name: &T) {
        self.name_formatted(format_args!("{name}"));
    }

    /// Sets the address of the remote peer. An empty one becomes `unknown` on an exit span, and is
    /// ignored on others.
    pub fn peer<T: SpanText + ?Sized>(&mut self, peer: &T) {
        self.peer_formatted(format_args!("{peer}"));
    }

    /// Continues the trace whose context the carrier holds. A child keeps its trace and gets a
    /// reference to the sender.
    pub fn extract<C: Extract + ?Sized>(&mut self, carrier: &C) {
        if let Some(others) = self.listens() {
            self.receive(&IncomingHeaders::of(carrier, others), others);
        }
    }

    /// Continues the trace of the first message of a batch, and refers to the senders of all.
    pub fn extract_each<I>(&mut self, carriers: I)
    where
        I: IntoIterator<Item: Extract>,
    {
        let left = each_within_limit(carriers, |carrier| {
            let fits = !self.is_ref_limit_reached();
            if fits {
                self.extract(carrier);
            }
            fits
        });
        self.leave_out_refs(left);
    }

    /// Opens the span on this thread. It closes when the guard drops.
    #[inline]
    pub fn enter(self) -> Scope {
        self.open(Runs::Call).into_scope()
    }

    /// Opens the span inside a [`Traced`](crate::trace::traced::Traced) future, which closes it.
    #[inline]
    pub fn begin(self) {
        scope::begin_for_future(|| self.open(Runs::Future));
    }

    #[inline(never)]
    fn open(mut self, runs: Runs) -> Begun {
        self.decide();
        self.take_target().open(self.callsite, runs)
    }
}

/// Opens the span of a future for which only the callsite is known. Not inlined, so that the code
/// of traced functions stays small.
#[inline(never)]
pub fn begin(callsite: &'static Callsite) {
    if tracer::enabled() {
        Opening::new(callsite).begin();
    }
}

impl Drop for Opening {
    #[inline]
    fn drop(&mut self) {
        // It has not opened: an argument panicked or returned.
        if !matches!(self.target, Target::Nothing) {
            self.take_target().abandon();
        }
    }
}
