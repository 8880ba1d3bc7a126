//! Where a span will be, and the steps in which that is decided.
//!
//! ```text
//! Unresolved -> Nothing
//!            -> Child, Merged, OverLimit, Unsampled    inside of the current segment
//!            -> Undecided -> Root or Nothing           a trace begins
//! ```
//!
//! Each step consumes the one before it and has only the data that its own questions need.

use crate::context::begun::Begun;
use crate::context::current_segment;
use crate::context::other_task;
use crate::context::thread_state;
use crate::segment::Segment;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::trace::opening::inside::{Child, Merged, OverLimit};
use crate::trace::opening::new_root::{Root, Runs, Undecided};
use crate::trace::root;

/// What a span does that has no parent here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Starts {
    Traces,
    Nothing,
}

#[derive(Debug)]
pub(super) enum Target {
    /// No question has been asked yet.
    Unresolved(Starts),
    /// No span opens.
    Nothing,
    /// A child of an unsampled request.
    Unsampled { key: u64 },
    /// A child of the current span.
    Child(Child),
    /// A child that is over the span limit.
    OverLimit(OverLimit),
    /// The span merges with the current one.
    Merged(Merged),
    /// A root whose request may still get a context and a name.
    Undecided(Undecided),
    /// A root. Its segment says whether it is recorded.
    Root(Root),
}

impl Target {
    /// Finds the place of a span of `callsite` on this thread.
    #[inline(never)]
    pub(super) fn resolve(callsite: &'static Callsite, starts: Starts) -> Self {
        if callsite.kind == SpanKind::Entry
            && starts == Starts::Traces
            && other_task::is_here_for_a_span()
        {
            return Self::new_root(callsite, starts);
        }
        let inside = current_segment::with(|segment| {
            let key = segment.key();
            if !segment.is_sampled() {
                return Self::Unsampled { key };
            }
            segment.begin_opening();
            if segment.merges(callsite.kind) {
                Self::Merged(Merged { key, outer: segment.take_over(callsite) })
            } else if segment.is_full() {
                Self::OverLimit(OverLimit { key, reserved: 0 })
            } else {
                Self::Child(Child { key, head: 0 })
            }
        });
        inside.unwrap_or_else(|| Self::new_root(callsite, starts))
    }

    #[cold]
    pub(super) fn new_root(callsite: &'static Callsite, starts: Starts) -> Self {
        let segment = match starts {
            Starts::Traces => root::segment_for(callsite),
            Starts::Nothing => None,
        };
        segment.map_or(Self::Nothing, |segment| {
            Self::Undecided(Undecided { segment, head: 0, is_named: false })
        })
    }

    /// An unsampled root, where there is no current segment.
    pub(super) fn ignored() -> Self {
        let segment = (!current_segment::is_occupied()).then(root::unsampled_segment).flatten();
        segment.map_or(Self::Nothing, |segment| Self::Root(Root { segment, head: 0 }))
    }

    /// Decides about an undecided root with what is known now.
    pub(super) fn decide(self, callsite: &'static Callsite) -> Self {
        match self {
            Self::Undecided(root) => root.decide(callsite).map_or(Self::Nothing, Self::Root),
            decided => decided,
        }
    }

    /// The segment of a root.
    pub(super) fn root_segment(&mut self) -> Option<&mut Segment> {
        match self {
            Self::Undecided(Undecided { segment, .. }) | Self::Root(Root { segment, .. }) => {
                Some(segment)
            }
            _ => None,
        }
    }

    /// Works on the segment that the span will be in, whether it is sampled or not.
    pub(super) fn with_segment<R>(&mut self, work: impl FnOnce(&mut Segment) -> R) -> Option<R> {
        let key = match self {
            Self::Undecided(Undecided { segment, .. }) | Self::Root(Root { segment, .. }) => {
                return Some(work(segment));
            }
            Self::Child(Child { key, .. }) | Self::Merged(Merged { key, .. }) => *key,
            _ => return None,
        };
        current_segment::with_key(key, work)
    }

    /// Works on the segment and the list of the span, if it will be recorded there.
    #[inline]
    pub(super) fn with_list(&mut self, work: impl FnOnce(&mut Segment, &mut u32)) {
        match self {
            Self::Child(Child { key, head }) => {
                current_segment::with_key(*key, |segment| work(segment, head));
            }
            Self::Merged(merged) => {
                current_segment::with_key(merged.key, |segment| segment.with_current_list(work));
            }
            Self::Undecided(Undecided { segment, head, .. })
            | Self::Root(Root { segment, head })
                if segment.is_sampled() =>
            {
                work(segment, head);
            }
            _ => {}
        }
    }

    /// Returns an unsampled root if the request is refused whatever its name will be.
    pub(super) fn refuse_early(self) -> Self {
        match self {
            Self::Undecided(root) => root.refuse().map_or_else(Self::Undecided, Self::Root),
            decided => decided,
        }
    }

    /// Opens the span. A root must have been decided.
    #[inline]
    pub(super) fn open(self, callsite: &'static Callsite, runs: Runs) -> Begun {
        match self {
            Self::Unresolved(_) | Self::Undecided(_) | Self::Nothing => Begun::NOTHING,
            Self::Unsampled { key } => Begun::unsampled(key),
            Self::Child(child) => child.open(callsite),
            Self::OverLimit(span) => span.open(callsite),
            Self::Merged(merged) => merged.open(callsite),
            Self::Root(root) => root.open(callsite, runs),
        }
    }

    /// Opens the root of a segment that the caller puts into the slot. A root must have been decided.
    pub(super) fn into_segment(self, callsite: &'static Callsite) -> Option<(Begun, Box<Segment>)> {
        match self {
            Self::Root(Root { segment, head }) => Some(root::prepare(segment, callsite, head, 0)),
            _ => None,
        }
    }

    /// Takes everything back: the span does not open.
    #[cold]
    pub(super) fn abandon(self) {
        let (key, reserved) = match self {
            Self::Child(Child { key, .. }) | Self::Merged(Merged { key, .. }) => (key, 0),
            Self::OverLimit(OverLimit { key, reserved }) => (key, reserved),
            Self::Undecided(Undecided { segment, .. }) | Self::Root(Root { segment, .. }) => {
                return thread_state::give_back(segment);
            }
            Self::Unresolved(_) | Self::Nothing | Self::Unsampled { .. } => return,
        };
        current_segment::with_key(key, |segment| {
            segment.end_opening();
            segment.release_overflow(reserved);
        });
    }
}
