//! A span that is about to open as the root of a new segment.

use crate::context::begun::Begun;
use crate::segment::Segment;
use crate::span::callsite::Callsite;
use crate::trace::root;

/// What the span covers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    Call,
    Future,
}

/// A root whose request may still get a context and a name.
#[derive(Debug)]
pub(super) struct Undecided {
    pub(super) segment: Box<Segment>,
    pub(super) head: u32,
    pub(super) is_named: bool,
}

/// A root that is decided about.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) segment: Box<Segment>,
    pub(super) head: u32,
}

impl Undecided {
    pub(super) fn is_named(&self) -> bool {
        self.is_named
    }

    pub(super) fn set_named(&mut self) {
        self.is_named = true;
    }

    /// Returns an unsampled root if the request is refused whatever its name will be.
    #[cold]
    pub(super) fn refuse(mut self) -> Result<Root, Self> {
        if root::refuses(&mut self.segment) {
            return Ok(Root { segment: self.segment, head: self.head });
        }
        Err(self)
    }

    #[cold]
    pub(super) fn decide(self, callsite: &'static Callsite) -> Option<Root> {
        let Self { segment, head, .. } = self;
        root::decide(segment, callsite, head).map(|segment| Root { segment, head })
    }
}

impl Root {
    pub(super) fn is_sampled(&self) -> bool {
        self.segment.is_sampled()
    }

    pub(super) fn open(self, callsite: &'static Callsite, runs: Runs) -> Begun {
        let Self { mut segment, head } = self;
        match runs {
            Runs::Call => segment.run_as_call(),
            Runs::Future => segment.run_as_future(),
        }
        root::begin(segment, callsite, head, 0)
    }
}
