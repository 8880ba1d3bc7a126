//! The messages that agents report as JSON, field by field.

use skywalking_proto::v3::{RefType, SpanLayer, SpanType};

/// A field of a message: name, number and type.
pub(super) struct Field(pub(super) &'static str, pub(super) u32, pub(super) FieldType);

/// The type of a field.
pub(super) enum FieldType {
    Text,
    Int32,
    Int64,
    Bool,
    Enum(fn(&str) -> Option<i32>),
    /// A repeated message.
    Messages(&'static [Field]),
}

/// A message of the protocol.
pub(crate) struct Message {
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
}

const PAIR: &[Field] = &[Field("key", 1, FieldType::Text), Field("value", 2, FieldType::Text)];
const LOG: &[Field] =
    &[Field("time", 1, FieldType::Int64), Field("data", 2, FieldType::Messages(PAIR))];
const REFERENCE: &[Field] = &[
    Field("refType", 1, FieldType::Enum(|name| RefType::from_str_name(name).map(Into::into))),
    Field("traceId", 2, FieldType::Text),
    Field("parentTraceSegmentId", 3, FieldType::Text),
    Field("parentSpanId", 4, FieldType::Int32),
    Field("parentService", 5, FieldType::Text),
    Field("parentServiceInstance", 6, FieldType::Text),
    Field("parentEndpoint", 7, FieldType::Text),
    Field("networkAddressUsedAtPeer", 8, FieldType::Text),
];
const SPAN: &[Field] = &[
    Field("spanId", 1, FieldType::Int32),
    Field("parentSpanId", 2, FieldType::Int32),
    Field("startTime", 3, FieldType::Int64),
    Field("endTime", 4, FieldType::Int64),
    Field("refs", 5, FieldType::Messages(REFERENCE)),
    Field("operationName", 6, FieldType::Text),
    Field("peer", 7, FieldType::Text),
    Field("spanType", 8, FieldType::Enum(|name| SpanType::from_str_name(name).map(Into::into))),
    Field("spanLayer", 9, FieldType::Enum(|name| SpanLayer::from_str_name(name).map(Into::into))),
    Field("componentId", 10, FieldType::Int32),
    Field("isError", 11, FieldType::Bool),
    Field("tags", 12, FieldType::Messages(PAIR)),
    Field("logs", 13, FieldType::Messages(LOG)),
    Field("skipAnalysis", 14, FieldType::Bool),
];
pub(crate) const SEGMENT: Message = Message {
    name: "SegmentObject",
    fields: &[
        Field("traceId", 1, FieldType::Text),
        Field("traceSegmentId", 2, FieldType::Text),
        Field("spans", 3, FieldType::Messages(SPAN)),
        Field("service", 4, FieldType::Text),
        Field("serviceInstance", 5, FieldType::Text),
        Field("isSizeLimited", 6, FieldType::Bool),
    ],
};
pub(crate) const PROPERTIES: Message = Message {
    name: "InstanceProperties",
    fields: &[
        Field("service", 1, FieldType::Text),
        Field("serviceInstance", 2, FieldType::Text),
        Field("properties", 3, FieldType::Messages(PAIR)),
        Field("layer", 4, FieldType::Text),
    ],
};
pub(crate) const PING: Message = Message {
    name: "InstancePingPkg",
    fields: &[
        Field("service", 1, FieldType::Text),
        Field("serviceInstance", 2, FieldType::Text),
        Field("layer", 3, FieldType::Text),
    ],
};
