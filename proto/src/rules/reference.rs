//! The rules of refs: the spans that may have them, and their fields.

use std::collections::HashSet;

use super::lengths::{
    ID_CHARACTERS, NAME_UNITS, OPERATION_UNITS, PEER_UNITS, is_blank, is_visible_ascii, quoted,
};
use super::{Flow, Rule, Validator};
use crate::v3::{RefType, SegmentReference, SpanObject, SpanType};

/// The limit of the Java agent for one span.
const REFS: usize = 500;

impl Validator<'_> {
    pub(super) fn references(&mut self, span: &SpanObject) -> Flow {
        let id = Some(span.span_id);
        self.most(span.span_id, "refs", span.refs.len(), REFS)?;
        // A later span may have refs to other traces; the trace of the segment does not change.
        if let Some(first) = span
            .refs
            .first()
            .filter(|first| span.span_id == 0 && first.trace_id != self.segment.trace_id)
        {
            self.report(id, Rule::RefTrace { trace: quoted(&first.trace_id) })?;
        }
        let mut seen = HashSet::with_capacity(span.refs.len());
        for reference in &span.refs {
            if !seen.insert((&reference.parent_trace_segment_id, reference.parent_span_id)) {
                let segment = quoted(&reference.parent_trace_segment_id);
                self.report(id, Rule::RefTwice { segment, span: reference.parent_span_id })?;
            }
            self.place(span, reference)?;
            self.fields(span.span_id, reference)?;
        }
        Flow::Continue(())
    }

    /// Checks that the span may have a ref of this type.
    fn place(&mut self, span: &SpanObject, reference: &SegmentReference) -> Flow {
        let id = Some(span.span_id);
        match (RefType::try_from(reference.ref_type), SpanType::try_from(span.span_type)) {
            (Ok(RefType::CrossProcess), Ok(kind @ (SpanType::Exit | SpanType::Local))) => {
                self.report(id, Rule::ProcessRef { kind: kind.as_str_name() })
            }
            (Ok(RefType::CrossThread), Ok(SpanType::Entry)) => {
                self.report(id, Rule::ThreadRefOnEntry)
            }
            (Ok(RefType::CrossThread), Ok(SpanType::Local))
                if self.refers_to_own_entry(span, reference) =>
            {
                Flow::Continue(())
            }
            (Ok(RefType::CrossThread), _) if span.span_id != 0 => {
                self.report(id, Rule::ThreadRefInside)
            }
            (Err(_), _) => self.report(
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

    /// Returns true if the ref is to an earlier Entry of the same segment. The Java agent sends such
    /// refs from callbacks of a gRPC server call, and the OAP accepts them.
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
        // A ref to an earlier span is not a cycle: the process called itself, and handles the call on
        // the same thread.
        let own = !reference.parent_trace_segment_id.is_empty()
            && reference.parent_trace_segment_id == self.segment.trace_segment_id;
        if own && reference.parent_span_id >= span {
            self.report(id, Rule::RefToItself)?;
        }
        if reference.parent_span_id < 0 {
            self.report(id, Rule::RefSpan { value: reference.parent_span_id })?;
        }
        self.name(id, "service in a ref", &reference.parent_service, NAME_UNITS)?;
        self.name(id, "instance in a ref", &reference.parent_service_instance, NAME_UNITS)?;
        self.name(id, "endpoint in a ref", &reference.parent_endpoint, OPERATION_UNITS)?;
        let service = reference.parent_service.as_str();
        self.service_and_instance_fit(
            id,
            ["service in a ref", "instance in a ref"],
            service,
            &reference.parent_service_instance,
        )?;
        self.endpoint_name_fits(id, "endpoint in a ref", service, &reference.parent_endpoint)?;
        let address = reference.network_address_used_at_peer.as_str();
        if reference.ref_type != i32::from(RefType::CrossThread) {
            self.name(id, "address in a ref", address, PEER_UNITS)?;
            return self.peer_fits(id, "address in a ref", address);
        }
        if !address.is_empty() {
            self.report(id, Rule::RefAddress { value: quoted(address) })?;
        }
        let segment = self.segment;
        for (what, value, own) in [
            ("service", &reference.parent_service, &segment.service),
            ("instance", &reference.parent_service_instance, &segment.service_instance),
        ] {
            if !is_blank(value) && value != own {
                self.report(id, Rule::RefOwner { what, value: quoted(value) })?;
            }
        }
        Flow::Continue(())
    }

    fn foreign_id(&mut self, span: i32, what: &'static str, value: &str) -> Flow {
        if is_blank(value) {
            self.report(Some(span), Rule::NoName { what })
        } else if is_visible_ascii(value) {
            self.length(Some(span), what, value, ID_CHARACTERS)
        } else {
            self.report(Some(span), Rule::IdCharacters { what, value: quoted(value) })
        }
    }
}
