//! Spans that are entered and left by hand, in any order, on several threads: what a bridge from
//! another tracing library builds on.
//!
//! Where one segment leaves the slot of a thread, another thread can enter it. A span has a list of
//! segments: the one with its first record, and a segment for each thread that entered the span
//! while the others were in use ("visit": a Local span that refers to the first record).
//!
//! All methods take `&mut self`, so the only lock is the caller's. Code of the program runs in
//! [`MovableSpan::root`] and in [`past`] only.

mod fields;
mod opening;
mod past;
#[cfg(test)]
mod tests;
mod visits;

use crate::context::begun::Begun;
use crate::context::current_segment;
use crate::context::entered;
use crate::context::frames::Before;
use crate::context::other_task;
use crate::context::thread_state;
use crate::reported::log_record::LogRecord;
use crate::segment::{Change, LogContext, Segment, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::layer::SpanLayer;
use crate::span::tag::TagValue;
use crate::sys;
use crate::trace::opening::Opening;
use crate::trace::opening_span::OpeningSpan;
use crate::trace::snapshot::Snapshot;
use crate::tracer;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};

pub use fields::SpanFields;
pub use past::past;

use opening::Waiting;
use visits::{Home, Open, OwnSegments};

/// A span that is entered and left by hand, on any thread and on several at once.
#[must_use = "a span that is not entered is not recorded"]
#[derive(Debug)]
pub struct MovableSpan {
    callsite: &'static Callsite,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Not opened yet.
    Waiting(Waiting),
    Open(Box<Open>),
}

/// A segment that left the slot of this thread. Pass it to [`MovableSpan::park`] of the span that it
/// belongs to. If that span is closed, call [`finish`](Self::finish).
#[must_use = "the segment ends if it is dropped"]
#[derive(Debug)]
pub struct LeftSegment(Option<Box<Segment>>);

impl LeftSegment {
    /// Ends the segment, since its span is closed.
    pub fn finish(self) {}
}

impl Drop for LeftSegment {
    fn drop(&mut self) {
        if let Some(segment) = self.0.take() {
            thread_state::finish(segment);
        }
    }
}

/// Leaves the span that was entered on this thread under this number. Calls `home` if a segment
/// leaves the slot, with the number of the span that it belongs to, which can be another one.
#[inline]
pub fn leave(id: u64, home: impl FnOnce(u64, LeftSegment)) {
    if let Some(released) = entered::leave(id) {
        home(released.id, LeftSegment(Some(released.segment)));
    }
}

/// Returns true on the agent's own threads, which must not trace or log through the agent.
pub fn is_own_thread() -> bool {
    sys::is_own_thread()
}

impl MovableSpan {
    /// Opens the first span of a new trace, also where a span is current. The sampler decides now.
    /// `describe` is called if an agent runs. Returns `None` without an agent, on the agent's
    /// threads, and if the rule for [`Orphans`](crate::config::Orphans) skips a Local span.
    pub fn root(
        callsite: &'static Callsite,
        describe: impl FnOnce(&mut OpeningSpan<'_>),
    ) -> Option<Self> {
        if !tracer::enabled() || is_own_thread() {
            return None;
        }
        let mut opening = Opening::of_root(callsite);
        describe(&mut OpeningSpan::new(&mut opening));
        let (begun, segment) = opening.into_segment()?;
        Some(Self { callsite, state: State::Open(Box::new(Open::of_root(begun, segment))) })
    }

    /// Prepares a span below the one that `parent` names. It opens when it is first entered: in the
    /// parent's segment if that is current there, else in a segment of its own. Returns `None` if the
    /// snapshot is empty, without an agent, and on the agent's threads.
    pub fn below(
        callsite: &'static Callsite,
        parent: Snapshot,
        fields: SpanFields,
    ) -> Option<Self> {
        if parent.is_empty() || !tracer::enabled() || is_own_thread() {
            return None;
        }
        Some(Self { callsite, state: State::Waiting(Waiting::new(parent, fields)) })
    }

    /// Makes the span current on this thread until [`leave`] with the same number.
    pub fn enter(&mut self, id: u64) {
        if entered::again(id) {
            return;
        }
        let (key, opened, before) =
            self.make_current().unwrap_or((0, SpanRef::FIRST, Before::Nothing));
        entered::push(id, key, opened, before);
    }

    fn make_current(&mut self) -> Option<(u64, SpanRef, Before)> {
        let callsite = self.callsite;
        match &mut self.state {
            State::Open(open) => {
                open.entered = true;
                open.enter_here(callsite).or_else(|| put_into_slot(open.take_or_visit(callsite)?))
            }
            State::Waiting(waiting) => {
                if let Some((open, before)) = waiting.open_here(callsite) {
                    let at = (open.home.key, open.home.opened);
                    self.state = State::Open(Box::new(Open { entered: true, ..open }));
                    return Some((at.0, at.1, before));
                }
                if waiting.is_left_out_here() {
                    return None;
                }
                let (mut open, segment) = waiting.open_elsewhere(callsite)?;
                open.entered = true;
                self.state = State::Open(Box::new(open));
                put_into_slot(segment)
            }
        }
    }

    /// Opens the span if it has not opened, without entering it.
    fn open_now(&mut self) -> Option<&mut Open> {
        if let State::Waiting(waiting) = &mut self.state {
            let callsite = self.callsite;
            let open = if let Some((open, before)) = waiting.open_here(callsite) {
                if let Before::Current(saved) = before {
                    current_segment::with_key(open.home.key, |segment| {
                        segment.rest(open.home.opened, saved, clock::now());
                    });
                }
                open
            } else if waiting.is_left_out_here() {
                return None;
            } else {
                let (mut open, segment) = waiting.open_elsewhere(callsite)?;
                open.park(segment);
                open
            };
            self.state = State::Open(Box::new(open));
        }
        match &mut self.state {
            State::Open(open) => Some(open),
            State::Waiting(_) => None,
        }
    }

    /// Takes back a segment that [`leave`] released.
    pub fn park(&mut self, mut left: LeftSegment) {
        // If the segment is not of this span, it ends with `left`.
        if let State::Open(open) = &mut self.state
            && let Some(segment) = left.0.take()
        {
            open.park(segment);
        }
    }

    /// Returns the context of the span, for children and references. Opens the span.
    pub fn snapshot(&mut self) -> Snapshot {
        if let Some(open) = self.open_now() {
            return Snapshot::of_span(&open.home.shared, open.home.opened.index());
        }
        match &self.state {
            State::Waiting(waiting) => waiting.parent().clone(),
            State::Open(_) => Snapshot::default(),
        }
    }

    /// Adds a tag: text (cut at 2048 UTF-16 units), an integer or a bool. Where the span's segment
    /// is on another thread, it gets the tag when it ends.
    pub fn tag(&mut self, key: &'static str, value: impl TagValue) {
        self.change(|| Change::tag(key, value.raw()));
    }

    /// Adds a log with this time and these fields, as ranges of one text.
    pub fn log(&mut self, text: &str, fields: &[(&'static str, std::ops::Range<usize>)]) {
        self.change(|| Change::log(clock::now(), text, fields));
    }

    /// Gives a log record the context of this span. Opens the span.
    pub fn own(&mut self, record: LogRecord) -> LogRecord {
        record.in_context(|| {
            if let Some(open) = self.open_now() {
                return Some(open.log_context());
            }
            let parent = self.snapshot();
            parent.span().map(|(shared, span)| LogContext::of_span(shared, span))
        })
    }

    /// Marks the span as failed, without a log.
    pub fn fail(&mut self) {
        self.change(|| Change::Failed);
    }

    /// Replaces the operation name. An empty one changes nothing.
    pub fn rename(&mut self, name: &str) {
        if let State::Open(open) = &mut self.state {
            open.rename(name);
        }
        self.change(|| Change::name(name));
    }

    /// Replaces the peer.
    pub fn peer(&mut self, peer: &str) {
        self.change(|| Change::peer(peer));
    }

    /// Replaces the component id.
    pub fn component(&mut self, component: i32) {
        self.change(|| Change::component(component));
    }

    /// Replaces the layer.
    pub fn layer(&mut self, layer: SpanLayer) {
        self.change(|| Change::layer(layer));
    }

    /// Adds a CrossThread reference to the span of a snapshot, unless it is in the same segment.
    pub fn refer_to(&mut self, other: &Snapshot) {
        let reference = other.span().and_then(|(shared, span)| Change::reference(shared, span));
        if let Some(change) = reference {
            self.change(|| change);
        }
    }

    fn change(&mut self, change: impl FnOnce() -> Change) {
        match &mut self.state {
            State::Waiting(waiting) => waiting.add(change()),
            State::Open(open) => open.change(change()),
        }
    }

    /// Ends the span. It does the same when it is dropped. A span that was never entered ends now.
    /// A span that never opened is not recorded.
    pub fn finish(self) {}
}

impl Drop for MovableSpan {
    fn drop(&mut self) {
        if let State::Open(open) = &mut self.state {
            open.finish();
        }
    }
}

/// Puts a segment into the slot. The span is its first one.
fn put_into_slot(segment: Box<Segment>) -> Option<(u64, SpanRef, Before)> {
    if !thread_state::is_usable() {
        diagnostics::count(Diagnostic::ThreadEnding);
        thread_state::finish(segment);
        return None;
    }
    let key = segment.key();
    let displaced = current_segment::replace(Some(segment));
    Some((key, SpanRef::FIRST, Before::Displaced(displaced)))
}

/// Returns true if the segment with this key is in the slot and belongs to this task.
fn is_current(key: u64) -> bool {
    current_segment::with_key(key, |_| ()).is_some() && !other_task::is_elsewhere()
}

impl Open {
    fn of_root(begun: Begun, mut segment: Box<Segment>) -> Self {
        segment.accept_changes();
        let home = Home { key: begun.key, opened: begun.opened(), shared: segment.share() };
        let name = home.shared.endpoint.to_string().into();
        let mut open =
            Self { home, name, peer: None, own: OwnSegments::of(&segment), entered: false };
        open.park(segment);
        open
    }
}
