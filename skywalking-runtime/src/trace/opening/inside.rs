//! A span that is about to open inside of the current segment.

use crate::context::begun::Begun;
use crate::context::current_segment;
use crate::segment::{NameSource, Segment};
use crate::span::callsite::Callsite;

/// A child of the current span.
#[derive(Debug)]
pub(super) struct Child {
    /// The key of the current segment.
    pub(super) key: u64,
    /// The list of attributes that the record will take over.
    pub(super) head: u32,
}

/// A child that is over the span limit.
#[derive(Debug)]
pub(super) struct OverLimit {
    pub(super) key: u64,
    /// The number under which the segment keeps the peer of an exit, or 0.
    pub(super) reserved: u32,
}

/// A span that merges with the current one.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) key: u64,
    /// The list of the outer span before this one.
    pub(super) outer: u32,
}

impl Child {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "the usual case of each span with arguments; measured"
    )]
    pub(super) fn open(self, callsite: &'static Callsite) -> Begun {
        let opened = current_segment::with_key(self.key, |segment| {
            segment.end_opening();
            segment.open_as(callsite, self.head, segment.flags_inside(callsite.kind))
        });
        opened.map_or(Begun::NOTHING, |opened| Begun::child(self.key, opened))
    }
}

impl OverLimit {
    /// Keeps the peer for the headers, which need it although the span is not recorded.
    pub(super) fn set_peer(&mut self, peer: &str) {
        let old = std::mem::take(&mut self.reserved);
        let reserve = |segment: &mut Segment| {
            segment.release_overflow(old);
            segment.reserve_overflow(peer)
        };
        self.reserved = current_segment::with_key(self.key, reserve).unwrap_or(0);
    }

    pub(super) fn open(self, callsite: &'static Callsite) -> Begun {
        let opened = current_segment::with_key(self.key, |segment| {
            segment.end_opening();
            if self.reserved != 0 {
                return segment.open_reserved(self.reserved);
            }
            segment.open_as(callsite, 0, segment.flags_inside(callsite.kind))
        });
        opened.map_or(Begun::NOTHING, |opened| Begun::child(self.key, opened))
    }
}

impl Merged {
    /// True if the outer span is to be reported under a name that is computed for this one.
    #[cold]
    pub(super) fn takes_name(&self, callsite: &'static Callsite) -> bool {
        let takes = current_segment::with_key(self.key, |segment| {
            segment.takes_name(self.outer, callsite, NameSource::Computed)
        });
        takes == Some(true)
    }

    /// True if the outer span gets this tag. It keeps a tag that it has under the key.
    #[cold]
    pub(super) fn takes_tag(&self, callsite: &'static Callsite, key: &str) -> bool {
        let takes = current_segment::with_key(self.key, |segment| {
            segment.takes_tag(self.outer, callsite, key)
        });
        takes == Some(true)
    }

    pub(super) fn note_renamed(&self) {
        current_segment::with_key(self.key, Segment::renamed);
    }

    pub(super) fn open(self, callsite: &'static Callsite) -> Begun {
        let opened = current_segment::with_key(self.key, |segment| {
            segment.end_opening();
            // Code of an argument may have left a span open.
            if segment.merges(callsite.kind) {
                segment.open_level(callsite)
            } else {
                segment.open_as(callsite, 0, segment.flags_inside(callsite.kind))
            }
        });
        opened.map_or(Begun::NOTHING, |opened| Begun::child(self.key, opened))
    }
}
