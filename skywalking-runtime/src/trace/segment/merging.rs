//! An Entry opened in an Entry, or an Exit in an Exit, is one span with it: a middleware and an annotated handler see the same request.
//!
//! Who merges is the Java agent's rule (`StackBasedTracingSpan`): the current span is of the same kind. A span that has one merged with it
//! already takes no further one until that has ended, so that siblings under a `join!` stay two. What merges is ours: of the inner one its
//! name, component and layer where they were given, its tags, logs and refs; the peer is the outer's. The record ends with the outer one.

use super::super::callsite::{Callsite, Kind, Layer};
use super::super::record::{Record, Side, SideKind};
use super::super::tag::Raw;
use super::super::text;
use super::{Opened, Segment, Which};

impl Segment {
    /// True if a span of this kind is one with the current one.
    pub(crate) fn merges(&self, kind: Kind) -> bool {
        if kind == Kind::Local {
            return false;
        }
        let Some(record) = self.records.get(usize::from(self.current.index())) else { return false };
        let levels = record.levels();
        record.callsite.kind == kind
            && record.is_open()
            && !record.is(Record::CONTINUED)
            && levels == self.current.level()
            && !self.current.is_muted()
            && levels < Record::MOST_LEVELS
    }

    /// The current span says from now on what the callsite of the one that merges with it gives.
    #[cold]
    pub(crate) fn take_over(&mut self, callsite: &'static Callsite) {
        let Some(outer) = self.current_record().map(|record| *record) else { return };
        if callsite.gives_name() && !text::is_blank(callsite.name) {
            self.push_current(Side { key: callsite.name, a: 0, b: 0, next: 0, kind: SideKind::StaticName });
            self.renamed();
        }
        if callsite.gives_component() && !(callsite.is_fallback() && self.gives(&outer, SideKind::Component)) {
            self.push_current(Side { key: "", a: callsite.component.cast_unsigned(), b: 0, next: 0, kind: SideKind::Component });
        }
        if callsite.layer != Layer::Unknown && !(callsite.is_fallback() && self.gives(&outer, SideKind::Layer)) {
            self.push_current(Side { key: "", a: callsite.layer as u32, b: 0, next: 0, kind: SideKind::Layer });
        }
        if self.lacks_peer() && !text::is_blank(callsite.peer) {
            self.with_current_list(|segment, head| segment.peer(head, callsite.peer));
        }
        for (key, value) in callsite.tags {
            self.tag_current(key, Raw::Text(value));
        }
    }

    /// True if the program gave the span one of these itself.
    fn gives(&self, record: &Record, kind: SideKind) -> bool {
        let callsite = record.callsite;
        let by_callsite = match kind {
            SideKind::Component => callsite.gives_component(),
            _ => callsite.layer != Layer::Unknown,
        };
        by_callsite || self.find(record.side, |found| found == kind).is_some()
    }

    /// True if the current span has no address yet.
    pub(crate) fn lacks_peer(&self) -> bool {
        text::is_blank(self.peer_of(self.current))
    }

    /// Opens a span that is one with the current one. Whoever calls has asked whether it may.
    #[cold]
    pub(crate) fn open_level(&mut self) -> Opened {
        let index = self.current.index();
        let mut level = 0;
        if let Some(record) = self.records.get_mut(usize::from(index)) {
            level = record.levels() + 1;
            record.set_levels(level);
        }
        self.current.set_level(level);
        Opened::merged(index, level)
    }

    /// The future that a span covers is being dropped, and with it those whose spans are one with it.
    pub(crate) fn begin_drop(&mut self, opened: Opened) {
        if let Which::Recorded(index) = opened.which()
            && let Some(record) = self.records.get_mut(usize::from(index))
        {
            record.flags |= Record::DROPPING;
        }
    }

    /// Ends a span that is one with another. That one goes on, unless it has ended.
    #[cold]
    pub(crate) fn close_level(&mut self, index: u16, level: u16) {
        let Some(record) = self.records.get_mut(usize::from(index)).filter(|record| record.is_open()) else { return };
        let left = record.levels().saturating_sub(1);
        record.set_levels(left);
        if self.current.index() == index {
            self.current.set_level(self.current.level().min(level.saturating_sub(1)).min(left));
        }
    }
}
