//! Replaces the default name of an integration's span.

use crate::segment::Segment;
use crate::segment::text::Range;
use crate::span::record::{Attribute, AttributeKind, Record};

impl Segment {
    /// Renames the current span, unless the program named it. With `path_tag` the old name becomes a
    /// tag with that key.
    #[cold]
    pub(crate) fn replace_fallback_name(
        &mut self,
        name: &'static str,
        path_tag: Option<&'static str>,
    ) {
        let Some(old) = fallback_name(self) else { return };
        if let Some(key) = path_tag {
            let side = Attribute::new(key, AttributeKind::Text, old.offset, old.length);
            self.with_current_list(|segment, head| _ = segment.push(head, side));
        }
        self.rename_static(name);
    }
}

/// Returns the name that an integration gave to the current span when it opened. Returns `None` if
/// the span was renamed since.
fn fallback_name(segment: &mut Segment) -> Option<Range> {
    // A span that merged with a span of the program has that span's name.
    let is_own = segment.current.level() == 0;
    let head = segment
        .current_record()
        .filter(|record| is_own && record.callsite.is_fallback() && !record.is(Record::CONTINUED))?
        .side;
    let mut names = segment
        .list(head)
        .filter(|side| matches!(side.kind, AttributeKind::Name | AttributeKind::StaticName));
    let first = names.next().filter(|side| side.kind == AttributeKind::Name)?;
    names.next().is_none().then_some(Range { offset: first.a, length: first.b })
}
