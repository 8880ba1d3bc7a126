//! Name, peer and tags of a span that is about to open.

use std::fmt::{self, Display};

use crate::context::quiet::Quiet;
use crate::segment::Segment;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer;
use crate::span::tag::{Raw, Recorder};
use crate::trace::opening::Opening;
use crate::trace::opening::target::Target;
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};

impl Opening {
    /// Returns true if the span that this one merges with keeps the tag that it has under the key.
    #[inline]
    fn keeps_tag(&self, key: &str) -> bool {
        matches!(&self.target, Target::Merged(merged) if !merged.takes_tag(self.callsite, key))
    }

    /// Adds a tag: text, an integer or a bool.
    pub fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        if !self.keeps_tag(key) {
            self.target.with_list(|segment, head| segment.tag(head, key, value));
        }
    }

    pub(super) fn tag_formatted(&mut self, key: &'static str, value: fmt::Arguments<'_>) {
        if !self.keeps_tag(key) {
            self.formatted(value, TAG_LIMIT, |segment, head, text| {
                segment.tag(head, key, Raw::Text(text));
            });
        }
    }

    /// Adds a tag whose value is the concatenated parts.
    pub(crate) fn tag_parts(&mut self, key: &'static str, parts: &[&str]) {
        if !self.keeps_tag(key) {
            self.target.with_list(|segment, head| segment.tag_parts(head, key, parts));
        }
    }

    #[inline]
    fn note_named(&mut self) {
        if let Target::Undecided(root) = &mut self.target {
            root.set_named();
        }
    }

    pub(super) fn name_formatted(&mut self, name: fmt::Arguments<'_>) {
        self.note_named();
        match self.target {
            Target::Merged(_) => self.formatted(name, NAME_LIMIT, Segment::rename),
            _ => self.formatted(name, NAME_LIMIT, Segment::name),
        }
    }

    /// Sets an operation name that is not copied. An empty one leaves the callsite's.
    pub(crate) fn static_name(&mut self, name: &'static str) {
        self.note_named();
        if !text::is_blank(name) {
            self.target.with_list(|segment, head| segment.static_name(head, name));
        }
        if let Target::Merged(merged) = &self.target {
            merged.note_renamed();
        }
    }

    /// Sets the component id, unless the span that this one merges with has one.
    pub(crate) fn component(&mut self, component: i32) {
        let callsite = self.callsite;
        let is_merged = matches!(self.target, Target::Merged(_));
        self.target.with_list(|segment, head| {
            if !is_merged || segment.takes_component(callsite) {
                segment.component(head, component);
            }
        });
    }

    /// Sets the layer, unless the span that this one merges with has one.
    pub(crate) fn layer(&mut self, layer: SpanLayer) {
        let callsite = self.callsite;
        let is_merged = matches!(self.target, Target::Merged(_));
        self.target.with_list(|segment, head| {
            if !is_merged || segment.takes_layer(callsite) {
                segment.layer(head, layer);
            }
        });
    }

    /// Sets the operation name to the concatenated parts.
    pub(crate) fn name_parts(&mut self, parts: &[&str]) {
        self.note_named();
        self.target.with_list(|segment, head| segment.name_parts(head, parts));
        if let Target::Merged(merged) = &self.target {
            merged.note_renamed();
        }
    }

    pub(super) fn peer_formatted(&mut self, peer: fmt::Arguments<'_>) {
        if let Target::OverLimit(span) = &mut self.target {
            let mut text = String::new();
            text::format_into(&mut text, peer, PEER_LIMIT);
            span.set_peer(&text);
            return;
        }
        let merged = matches!(self.target, Target::Merged(_));
        let needed = self.callsite.kind == SpanKind::Exit;
        self.formatted(peer, PEER_LIMIT, |segment, head, text| {
            // The peer of the outer span stays: it may be in a header already.
            if (!merged || segment.lacks_peer()) && (needed || !text::is_blank(text)) {
                segment.peer(head, text);
            }
        });
    }

    /// Formats a value into the segment's buffer. The segment stays current meanwhile, since the
    /// value's own code may open spans.
    fn formatted(
        &mut self,
        args: fmt::Arguments<'_>,
        limit: usize,
        work: impl FnOnce(&mut Segment, &mut u32, &str),
    ) {
        if matches!(self.target, Target::OverLimit(_)) {
            return;
        }
        let mut scratch = String::new();
        self.target.with_list(|segment, _| scratch = segment.take_scratch());
        {
            let _quiet = Quiet::begin();
            text::format_into(&mut scratch, args, limit);
        }
        self.target.with_list(|segment, head| {
            work(segment, head, &scratch);
            segment.return_scratch(scratch);
        });
    }
}

impl Recorder for Opening {
    fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        Self::tag(self, key, value);
    }

    fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        Self::tag_display(self, key, value);
    }
}
