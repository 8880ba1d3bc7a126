//! What a span reports of calls: the address that it calls, or its callers
//! (`docs/protocol.md#peers-and-topology`).

use skywalking_proto::v3::{SegmentReference, SpanObject};

use crate::enums;
use crate::naming::{self, ServiceKind};

/// A caller of an entry span.
pub(super) struct Caller<'a> {
    pub(super) name: &'a str,
    pub(super) kind: ServiceKind,
    /// The address that the caller dialled. It makes an alias for the called service.
    pub(super) address: Option<&'a str>,
}

/// Returns the displayed address that the span calls.
pub(super) fn called_address(span: &SpanObject) -> Option<&str> {
    let is_call = span.span_type == enums::EXIT && !span.skip_analysis && !span.peer.is_empty();
    is_call.then(|| naming::display_name(&span.peer))
}

/// Returns the callers of an entry span: one for each reference, whatever its type. As in the OAP,
/// a `CrossThread` reference on an entry span is a call of the service to itself.
pub(super) fn callers(span: &SpanObject) -> impl Iterator<Item = Caller<'_>> {
    let is_call = span.span_type == enums::ENTRY && !span.skip_analysis;
    let is_mq = span.span_layer == enums::LAYER_MQ;
    let without_refs = (is_call && span.refs.is_empty()).then(|| {
        let is_broker = is_mq && !span.peer.trim().is_empty();
        guessed(if is_broker { naming::display_name(&span.peer) } else { naming::USER })
    });
    let refs = if is_call { span.refs.as_slice() } else { &[] };
    without_refs.into_iter().chain(refs.iter().map(move |reference| caller(reference, is_mq)))
}

fn guessed(name: &str) -> Caller<'_> {
    Caller { name, kind: ServiceKind::Guessed, address: None }
}

fn caller(reference: &SegmentReference, is_mq: bool) -> Caller<'_> {
    let address = reference.network_address_used_at_peer.as_str();
    if is_mq {
        return guessed(naming::display_name(address));
    }
    let is_alias = reference.ref_type == enums::CROSS_PROCESS && !address.is_empty();
    Caller {
        name: naming::display_name(&reference.parent_service),
        kind: ServiceKind::Normal,
        address: is_alias.then(|| naming::display_name(address)),
    }
}
