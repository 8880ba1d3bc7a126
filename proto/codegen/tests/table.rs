//! The `.proto` files say what the protocol is, and nothing more: every service, method, field and enum value stands
//! in the table below, which was typed from the protocol's description and not from our files.
//!
//! Names are as on the wire or in JSON, numbers as on the wire. A wrong number here or there loses spans without a word.

use std::collections::BTreeSet;

use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, MethodDescriptorProto,
};
use skywalking_codegen::PROTOCOL;

/// A heading a block; below it `method kind request response`, `number name type label` or `name number`.
const TABLE: &str = "
service TraceSegmentReportService
    collect       client-streaming SegmentObject     Commands
    collectInSync unary            SegmentCollection Commands

service SpanAttachedEventReportService
    collect client-streaming SpanAttachedEvent Commands

service ManagementService
    reportInstanceProperties unary InstanceProperties Commands
    keepAlive                unary InstancePingPkg    Commands

message KeyStringValuePair
    1 key   string -
    2 value string -

message KeyIntValuePair
    1 key   string -
    2 value int64  -

message CPU
    2 usagePercent double -

message Instant
    1 seconds int64 -
    2 nanos   int32 -

enum DetectPoint
    client 0
    server 1
    proxy  2

message Command
    1 command string             -
    2 args    KeyStringValuePair repeated

message Commands
    1 commands Command repeated

message SegmentObject
    1 traceId         string     -
    2 traceSegmentId  string     -
    3 spans           SpanObject repeated
    4 service         string     -
    5 serviceInstance string     -
    6 isSizeLimited   bool       -

message SegmentReference
    1 refType                  RefType -
    2 traceId                  string  -
    3 parentTraceSegmentId     string  -
    4 parentSpanId             int32   -
    5 parentService            string  -
    6 parentServiceInstance    string  -
    7 parentEndpoint           string  -
    8 networkAddressUsedAtPeer string  -

message SpanObject
    1  spanId        int32              -
    2  parentSpanId  int32              -
    3  startTime     int64              -
    4  endTime       int64              -
    5  refs          SegmentReference   repeated
    6  operationName string             -
    7  peer          string             -
    8  spanType      SpanType           -
    9  spanLayer     SpanLayer          -
    10 componentId   int32              -
    11 isError       bool               -
    12 tags          KeyStringValuePair repeated
    13 logs          Log                repeated
    14 skipAnalysis  bool               -

message Log
    1 time int64              -
    2 data KeyStringValuePair repeated

message ID
    1 id string repeated

message SegmentCollection
    1 segments SegmentObject repeated

message SpanAttachedEvent
    1 startTime    Instant                         -
    2 event        string                          -
    3 endTime      Instant                         -
    4 tags         KeyStringValuePair              repeated
    5 summary      KeyIntValuePair                 repeated
    6 traceContext SpanAttachedEvent.SpanReference -

message SpanAttachedEvent.SpanReference
    1 type           SpanAttachedEvent.SpanReferenceType -
    2 traceId        string                              -
    3 traceSegmentId string                              -
    4 spanId         string                              -

enum SpanType
    Entry 0
    Exit  1
    Local 2

enum RefType
    CrossProcess 0
    CrossThread  1

enum SpanLayer
    Unknown      0
    Database     1
    RPCFramework 2
    Http         3
    MQ           4
    Cache        5
    FAAS         6
    GenAI        7

enum SpanAttachedEvent.SpanReferenceType
    SKYWALKING 0
    ZIPKIN     1

message InstanceProperties
    1 service         string             -
    2 serviceInstance string             -
    3 properties      KeyStringValuePair repeated
    4 layer           string             -

message InstancePingPkg
    1 service         string -
    2 serviceInstance string -
    3 layer           string -
";

/// One heading alone, or one row behind its heading, each with single spaces.
type Rows = BTreeSet<String>;

fn table() -> Rows {
    let mut rows = Rows::new();
    let mut heading = String::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let row = words.join(" ");
        let row = if line.starts_with(' ') {
            format!("{heading}: {row}")
        } else {
            heading.clone_from(&row);
            row
        };
        assert!(rows.insert(row), "the table says `{line}` twice");
    }
    rows
}

#[test]
fn the_protos_hold_exactly_what_the_table_says() {
    let mut described = Rows::new();
    for file in PROTOCOL.descriptors().expect("the protocol files compile").file {
        describe_file(&file, &mut described);
    }
    let table = table();
    let missing: Vec<_> = table.difference(&described).collect();
    let unknown: Vec<_> = described.difference(&table).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "only in the table: {missing:#?}\nonly in the .proto files: {unknown:#?}");
}

#[test]
fn every_file_is_proto3_of_the_package_skywalking_v3() {
    for file in PROTOCOL.descriptors().expect("the protocol files compile").file {
        assert_eq!((file.syntax(), file.package()), ("proto3", "skywalking.v3"), "{}", file.name());
    }
}

fn describe_file(file: &FileDescriptorProto, rows: &mut Rows) {
    for service in &file.service {
        let heading = format!("service {}", service.name());
        for method in &service.method {
            rows.insert(format!("{heading}: {}", method_row(method)));
        }
        rows.insert(heading);
    }
    for message in &file.message_type {
        describe_message("", message, rows);
    }
    for r#enum in &file.enum_type {
        describe_enum("", r#enum, rows);
    }
    for extension in &file.extension {
        rows.insert(format!("extension {}", extension.name()));
    }
}

/// `scope` is empty, or the name of the message around this one and a dot.
fn describe_message(scope: &str, message: &DescriptorProto, rows: &mut Rows) {
    let name = format!("{scope}{}", message.name());
    let heading = format!("message {name}");
    for field in &message.field {
        rows.insert(format!("{heading}: {}", field_row(field, message)));
    }
    rows.insert(heading);
    let scope = format!("{name}.");
    for nested in &message.nested_type {
        describe_message(&scope, nested, rows);
    }
    for r#enum in &message.enum_type {
        describe_enum(&scope, r#enum, rows);
    }
}

fn describe_enum(scope: &str, r#enum: &EnumDescriptorProto, rows: &mut Rows) {
    let heading = format!("enum {scope}{}", r#enum.name());
    for value in &r#enum.value {
        rows.insert(format!("{heading}: {} {}", value.name(), value.number()));
    }
    rows.insert(heading);
}

fn method_row(method: &MethodDescriptorProto) -> String {
    let kind = match (method.client_streaming(), method.server_streaming()) {
        (false, false) => "unary",
        (true, false) => "client-streaming",
        (false, true) => "server-streaming",
        (true, true) => "bidirectional-streaming",
    };
    format!("{} {kind} {} {}", method.name(), in_package(method.input_type()), in_package(method.output_type()))
}

fn field_row(field: &FieldDescriptorProto, message: &DescriptorProto) -> String {
    let kind = match field.r#type() {
        Type::Message | Type::Enum | Type::Group => in_package(field.type_name()).to_owned(),
        scalar => scalar.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
    };
    let label = match (field.label(), field.oneof_index) {
        // A field declared `optional` is a union of one in descriptors, and so shows here too: the protocol has none.
        (_, Some(union)) => {
            let union = usize::try_from(union).expect("an index");
            format!("oneof {}", message.oneof_decl[union].name())
        }
        (Label::Repeated, None) => "repeated".to_owned(),
        (Label::Optional, None) => "-".to_owned(),
        (Label::Required, None) => "required".to_owned(),
    };
    format!("{} {} {kind} {label}", field.number(), field.json_name())
}

/// A type's name without our package; a type of another package keeps its whole name, which no row has.
fn in_package(name: &str) -> &str {
    name.strip_prefix(".skywalking.v3.").unwrap_or(name)
}
