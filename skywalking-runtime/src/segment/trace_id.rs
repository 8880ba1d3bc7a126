//! The trace that a segment belongs to: its own, or that of a caller.

use crate::headers::sw8;
use crate::segment::Segment;
use crate::segment::text::Range;
use crate::span::record::Trace;
use crate::util::id;

impl Segment {
    /// Returns the trace id as users see it.
    pub(crate) fn trace_id(&self) -> String {
        match self.trace {
            Trace::Own(number) => id::text(number),
            Trace::Foreign { offset, length } => {
                sw8::decode_text(self.text_at(Range { offset, length }))
            }
        }
    }

    /// Returns true if the segment continues the trace of another process.
    #[inline]
    pub(crate) fn has_foreign_trace(&self) -> bool {
        matches!(self.trace, Trace::Foreign { .. })
    }

    /// Returns true if the trace may still become that of a caller: it is an own one, and its id
    /// has not left the segment.
    pub(super) fn can_adopt_trace(&self) -> bool {
        !self.trace_is_fixed && !self.has_foreign_trace()
    }

    /// Notes that the trace id has left the segment, in a header or an identity.
    pub(super) fn fix_trace(&mut self) {
        self.trace_is_fixed = true;
    }

    /// Continues the trace with this id, which is in Base64 and already checked. A segment that
    /// already continues another trace stays in it. For a segment that records no references.
    pub(crate) fn adopt_trace(&mut self, encoded_id: &str) {
        if !self.has_foreign_trace()
            && let Some(range) = self.store(encoded_id)
        {
            self.set_foreign_trace(range);
        }
    }

    /// Continues the own trace of the segment with this key.
    pub(crate) fn adopt_trace_of_key(&mut self, key: u64) {
        self.trace = Trace::Own(id::own_trace(key));
    }

    /// Continues the trace whose encoded id is at this range of the text.
    pub(super) fn set_foreign_trace(&mut self, Range { offset, length }: Range) {
        self.trace = Trace::Foreign { offset, length };
    }
}
