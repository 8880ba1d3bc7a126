//! The rules of refs: on which spans they may stand, and that none of their fields is blank.

use std::collections::HashSet;

use super::text::{
    ID_CHARACTERS, NAME_UNITS, OPERATION_UNITS, PEER_UNITS, is_blank, is_visible_ascii, quoted,
};
use super::{Flow, Judge, Rule};
use crate::v3::{RefType, SegmentReference, SpanObject, SpanType};

/// What the Java agent sends on one span at most.
const REFS: usize = 500;

impl Judge<'_> {
    pub(super) fn references(&mut self, span: &SpanObject) -> Flow {
        let id = Some(span.span_id);
        self.most(span.span_id, "refs", span.refs.len(), REFS)?;
        // A span inside of a segment may have been called from elsewhere as well; its segment stays
        // what it is.
        if let Some(first) = span
            .refs
            .first()
            .filter(|first| span.span_id == 0 && first.trace_id != self.segment.trace_id)
        {
            self.tell(id, Rule::RefTrace { trace: quoted(&first.trace_id) })?;
        }
        let mut seen = HashSet::with_capacity(span.refs.len());
        for reference in &span.refs {
            if !seen.insert((&reference.parent_trace_segment_id, reference.parent_span_id)) {
                let segment = quoted(&reference.parent_trace_segment_id);
                self.tell(id, Rule::RefTwice { segment, span: reference.parent_span_id })?;
            }
            self.place(span, reference)?;
            self.fields(span.span_id, reference)?;
        }
        Flow::Continue(())
    }

    /// Whether such a ref may stand on such a span.
    fn place(&mut self, span: &SpanObject, reference: &SegmentReference) -> Flow {
        let id = Some(span.span_id);
        match (RefType::try_from(reference.ref_type), SpanType::try_from(span.span_type)) {
            (Ok(RefType::CrossProcess), Ok(kind @ (SpanType::Exit | SpanType::Local))) => {
                self.tell(id, Rule::ProcessRef { kind: kind.as_str_name() })
            }
            (Ok(RefType::CrossThread), Ok(SpanType::Entry)) => {
                self.tell(id, Rule::ThreadRefOnEntry)
            }
            (Ok(RefType::CrossThread), Ok(SpanType::Local))
                if self.refers_to_own_entry(span, reference) =>
            {
                Flow::Continue(())
            }
            (Ok(RefType::CrossThread), _) if span.span_id != 0 => {
                self.tell(id, Rule::ThreadRefInside)
            }
            (Err(_), _) => self.tell(
                id,
                Rule::Number {
                    what: "ref type",
                    value: reference.ref_type,
                    last: RefType::CrossThread.into(),
                },
            ),
            _ => Flow::Continue(()),
        }
    }

    /// Whether the ref names an Entry before the span in the same segment. The Java agent does so
    /// in the callbacks of a gRPC server call, and the OAP takes it.
    fn refers_to_own_entry(&self, span: &SpanObject, reference: &SegmentReference) -> bool {
        let parent = reference.parent_span_id;
        reference.parent_trace_segment_id == self.segment.trace_segment_id
            && parent < span.span_id
            && self
                .spans
                .get(&parent)
                .is_some_and(|parent| parent.span_type == i32::from(SpanType::Entry))
    }

    fn fields(&mut self, span: i32, reference: &SegmentReference) -> Flow {
        let id = Some(span);
        self.foreign_id(span, "trace id in a ref", &reference.trace_id)?;
        self.foreign_id(span, "segment id in a ref", &reference.parent_trace_segment_id)?;
        // To a span before it is no circle: the process called itself, and serves the call on the
        // same thread.
        let own = !reference.parent_trace_segment_id.is_empty()
            && reference.parent_trace_segment_id == self.segment.trace_segment_id;
        if own && reference.parent_span_id >= span {
            self.tell(id, Rule::RefToItself)?;
        }
        if reference.parent_span_id < 0 {
            self.tell(id, Rule::RefSpan { value: reference.parent_span_id })?;
        }
        self.name(id, "service in a ref", &reference.parent_service, NAME_UNITS)?;
        self.name(id, "instance in a ref", &reference.parent_service_instance, NAME_UNITS)?;
        self.name(id, "endpoint in a ref", &reference.parent_endpoint, OPERATION_UNITS)?;
        let service = reference.parent_service.as_str();
        self.owner_room(
            id,
            ["service in a ref", "instance in a ref"],
            service,
            &reference.parent_service_instance,
        )?;
        self.name_room(id, "endpoint in a ref", service, &reference.parent_endpoint)?;
        let address = reference.network_address_used_at_peer.as_str();
        if reference.ref_type != i32::from(RefType::CrossThread) {
            self.name(id, "address in a ref", address, PEER_UNITS)?;
            return self.peer_room(id, "address in a ref", address);
        }
        if !address.is_empty() {
            self.tell(id, Rule::RefAddress { value: quoted(address) })?;
        }
        let segment = self.segment;
        for (what, value, own) in [
            ("service", &reference.parent_service, &segment.service),
            ("instance", &reference.parent_service_instance, &segment.service_instance),
        ] {
            if !is_blank(value) && value != own {
                self.tell(id, Rule::RefOwner { what, value: quoted(value) })?;
            }
        }
        Flow::Continue(())
    }

    fn foreign_id(&mut self, span: i32, what: &'static str, value: &str) -> Flow {
        if is_blank(value) {
            self.tell(Some(span), Rule::NoName { what })
        } else if is_visible_ascii(value) {
            self.length(Some(span), what, value, ID_CHARACTERS)
        } else {
            self.tell(Some(span), Rule::IdCharacters { what, value: quoted(value) })
        }
    }
}
