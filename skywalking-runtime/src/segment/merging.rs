//! Merges an Entry inside an Entry, and an Exit inside an Exit: a middleware and an annotated
//! handler see the same request.
//!
//! A span merges with the current span if both have the same kind, as in the Java agent
//! (`StackBasedTracingSpan`). A span merges with one inner span at a time, so siblings under a
//! `join!` stay separate. What a merged span reports:
//!
//! * Exit: name, component, layer and tags of the outermost span, as in Java. The inner span adds
//!   what the outer one did not set explicitly.
//! * Entry: name, component and layer of the inner span if they were set explicitly, and its tags.
//! * Name, component and layer of an integration yield to those of the program, whichever is
//!   outside.
//!
//! Logs and references of both are reported. The peer is that of the outer span. The record ends
//! with the outer span.

use crate::segment::{Cursor, Segment, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{AttributeKind, Record};
use crate::span::tag::Raw;
use crate::util::text;

/// The origin of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameSource {
    /// From the callsite.
    Callsite,
    /// Computed at run time.
    Computed,
}

/// Returns true if component and layer of the inner span replace those of the outer one. Otherwise
/// they are used only if the outer one has none.
fn replaces(outer: &Callsite, inner: &Callsite) -> bool {
    !inner.is_fallback() && (inner.kind == SpanKind::Entry || outer.is_fallback())
}

impl Segment {
    /// Returns true if a span of this kind would merge with the current span.
    #[inline]
    pub(crate) fn merges(&self, kind: SpanKind) -> bool {
        self.record_to_merge_with(kind).is_some_and(|record| !record.is(Record::CONTINUED))
    }

    /// Returns the flags of a span of this kind that has a record of its own.
    ///
    /// If the current span continues one of the same kind, the two would have merged in the earlier
    /// part. The backend has counted that part, so this span is excluded from its analysis.
    #[inline]
    pub(crate) fn flags_inside(&self, kind: SpanKind) -> u16 {
        match self.record_to_merge_with(kind) {
            Some(record) if record.is(Record::CONTINUED) => Record::SKIP_ANALYSIS,
            _ => 0,
        }
    }

    /// Returns the current span, if a span of this kind can merge with it. A continued span is
    /// returned too, but it is reported as a Local span, so nothing merges with it.
    #[inline]
    fn record_to_merge_with(&self, kind: SpanKind) -> Option<&Record> {
        if kind == SpanKind::Local {
            return None;
        }
        let record = self.records.get(usize::from(self.current.index()))?;
        let levels = record.levels();
        let merges = record.callsite.kind == kind
            && record.is_open()
            && levels == self.current.level()
            && !self.current.is_overflow()
            && levels < Record::MOST_LEVELS;
        merges.then_some(record)
    }

    /// Adds the values of a callsite whose span merges with the current one. Returns the list of the
    /// current span before that.
    #[cold]
    pub(crate) fn take_over(&mut self, inner: &'static Callsite) -> u32 {
        let Some(outer) = self.current_record().map(|record| *record) else { return 0 };
        let before = outer.side;
        if self.takes_name(before, inner, NameSource::Callsite) && !text::is_blank(inner.name) {
            self.rename_static(inner.name);
        }
        let replaces = replaces(outer.callsite, inner);
        if inner.gives_component() && (replaces || !self.has_own(&outer, AttributeKind::Component))
        {
            self.set_component(inner.component);
        }
        if inner.gives_layer() && (replaces || !self.has_own(&outer, AttributeKind::Layer)) {
            self.set_layer(inner.layer);
        }
        for (key, value) in inner.tags {
            if self.takes_tag(before, inner, key) {
                self.tag_current(key, Raw::Text(value));
            }
        }
        before
    }

    /// Returns true if the current span takes the name of a span that merges with it. `before` is
    /// the list of the current span before the merge.
    #[cold]
    pub(crate) fn takes_name(&self, before: u32, inner: &Callsite, source: NameSource) -> bool {
        let Some(outer) =
            self.records.get(usize::from(self.current.index())).map(|record| record.callsite)
        else {
            return false;
        };
        let computed = source == NameSource::Computed && !inner.is_fallback();
        match inner.kind {
            SpanKind::Entry => computed || inner.writes_name(),
            // The outermost name is reported, with two exceptions: a name that the program chose
            // replaces one of an integration, and that replaces a default name.
            SpanKind::Exit | SpanKind::Local if outer.is_fallback() => {
                computed || inner.chooses_name()
            }
            SpanKind::Exit | SpanKind::Local => {
                let is_named = || {
                    self.find(before, |kind| {
                        matches!(kind, AttributeKind::Name | AttributeKind::StaticName)
                    })
                    .is_some()
                };
                inner.is_fallback() && !outer.chooses_name() && !is_named()
            }
        }
    }

    /// Returns true if the current span takes a tag with this key from a span that merges with it.
    #[cold]
    pub(crate) fn takes_tag(&self, before: u32, inner: &Callsite, key: &str) -> bool {
        let Some(outer) =
            self.records.get(usize::from(self.current.index())).map(|record| record.callsite)
        else {
            return false;
        };
        let is_tag = |kind| {
            matches!(
                kind,
                AttributeKind::Text
                    | AttributeKind::Int
                    | AttributeKind::Uint
                    | AttributeKind::Bool
            )
        };
        inner.kind == SpanKind::Entry
            || replaces(outer, inner)
            || !outer.tags.iter().any(|(known, _)| *known == key)
                && !self.list(before).any(|side| side.key == key && is_tag(side.kind))
    }

    /// Returns true if the current span takes a component id from a span that merges with it.
    #[cold]
    pub(crate) fn takes_component(&self, inner: &Callsite) -> bool {
        self.takes_own(inner, AttributeKind::Component)
    }

    /// Returns true if the current span takes a layer from a span that merges with it.
    #[cold]
    pub(crate) fn takes_layer(&self, inner: &Callsite) -> bool {
        self.takes_own(inner, AttributeKind::Layer)
    }

    fn takes_own(&self, inner: &Callsite, kind: AttributeKind) -> bool {
        self.records
            .get(usize::from(self.current.index()))
            .is_some_and(|outer| replaces(outer.callsite, inner) || !self.has_own(outer, kind))
    }

    /// Returns true if the component or layer of a span is set, by its callsite or since.
    fn has_own(&self, record: &Record, kind: AttributeKind) -> bool {
        let callsite = record.callsite;
        let by_callsite = match kind {
            AttributeKind::Component => callsite.gives_component(),
            _ => callsite.gives_layer(),
        };
        by_callsite || self.find(record.side, |found| found == kind).is_some()
    }

    /// Returns true if the current span has no peer.
    pub(crate) fn lacks_peer(&self) -> bool {
        text::is_blank(self.peer_of(self.current))
    }

    /// Opens a span that merges with the current one. The caller has checked that it can.
    #[cold]
    pub(crate) fn open_level(&mut self, callsite: &'static Callsite) -> SpanRef {
        // The peer of the callsite is used only if none was computed before.
        if self.lacks_peer() && !text::is_blank(callsite.peer) {
            self.with_current_list(|segment, head| segment.peer(head, callsite.peer));
        }
        self.raise_level()
    }

    /// Enters a span that merges with the current one.
    pub(super) fn raise_level(&mut self) -> SpanRef {
        let index = self.current.index();
        let mut level = 0;
        if let Some(record) = self.records.get_mut(usize::from(index)) {
            level = record.levels() + 1;
            record.set_levels(level);
        }
        self.current.set_level(level);
        SpanRef::merged(index, level)
    }

    /// Returns the position at which a merged span is entered. If its record was handed over with an
    /// earlier part, that of the nearest open ancestor.
    #[cold]
    pub(super) fn merged_place(&self, index: u16, level: u16) -> Cursor {
        let place = Cursor::at_level(index, level);
        let is_gone = self
            .records
            .get(usize::from(index))
            .is_some_and(|record| record.is(Record::HANDED_OVER));
        if is_gone { self.nearest_open(place) } else { place }
    }

    /// Ends a merged span. Its record stays until the last merged span has ended, even if the outer
    /// span has ended before.
    #[cold]
    pub(crate) fn close_level(&mut self, index: u16, level: u16) {
        let Some(record) = self.records.get_mut(usize::from(index)) else { return };
        let left = record.levels().saturating_sub(1);
        record.set_levels(left);
        if self.current.index() == index {
            self.current.set_level(self.current.level().min(level.saturating_sub(1)).min(left));
        }
    }
}
