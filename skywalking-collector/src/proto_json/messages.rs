//! The messages that agents report as JSON, field by field.

use skywalking_proto::v3::{RefType, SpanLayer, SpanType, Type};

/// A field of a message: name, number and type.
pub(super) struct Field(pub(super) &'static str, pub(super) u32, pub(super) FieldType);

/// The type of a field.
pub(super) enum FieldType {
    Text,
    Int32,
    Int64,
    Bool,
    Enum(fn(&str) -> Option<i32>),
    Message(&'static [Field]),
    /// A repeated message.
    Messages(&'static [Field]),
    /// A map from strings to strings.
    Map,
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
const TEXT_LOG: &[Field] = &[Field("text", 1, FieldType::Text)];
const JSON_LOG: &[Field] = &[Field("json", 1, FieldType::Text)];
const YAML_LOG: &[Field] = &[Field("yaml", 1, FieldType::Text)];
const LOG_BODY: &[Field] = &[
    Field("type", 1, FieldType::Text),
    Field("text", 2, FieldType::Message(TEXT_LOG)),
    Field("json", 3, FieldType::Message(JSON_LOG)),
    Field("yaml", 4, FieldType::Message(YAML_LOG)),
];
const TRACE_CONTEXT: &[Field] = &[
    Field("traceId", 1, FieldType::Text),
    Field("traceSegmentId", 2, FieldType::Text),
    Field("spanId", 3, FieldType::Int32),
];
const LOG_TAGS: &[Field] = &[Field("data", 1, FieldType::Messages(PAIR))];
pub(crate) const LOG_DATA: Message = Message {
    name: "LogData",
    fields: &[
        Field("timestamp", 1, FieldType::Int64),
        Field("service", 2, FieldType::Text),
        Field("serviceInstance", 3, FieldType::Text),
        Field("endpoint", 4, FieldType::Text),
        Field("body", 5, FieldType::Message(LOG_BODY)),
        Field("traceContext", 6, FieldType::Message(TRACE_CONTEXT)),
        Field("tags", 7, FieldType::Message(LOG_TAGS)),
        Field("layer", 8, FieldType::Text),
    ],
};
const SOURCE: &[Field] = &[
    Field("service", 1, FieldType::Text),
    Field("serviceInstance", 2, FieldType::Text),
    Field("endpoint", 3, FieldType::Text),
];
pub(crate) const EVENT: Message = Message {
    name: "Event",
    fields: &[
        Field("uuid", 1, FieldType::Text),
        Field("source", 2, FieldType::Message(SOURCE)),
        Field("name", 3, FieldType::Text),
        Field("type", 4, FieldType::Enum(|name| Type::from_str_name(name).map(Into::into))),
        Field("message", 5, FieldType::Text),
        Field("parameters", 6, FieldType::Map),
        Field("startTime", 7, FieldType::Int64),
        Field("endTime", 8, FieldType::Int64),
        Field("layer", 9, FieldType::Text),
    ],
};
