//! The `.proto` files define exactly the protocol. Every service, method, field and enum value is
//! in the table below, which was typed from the description of the protocol and not from our files.
//!
//! Names are those of the wire or of JSON, numbers those of the wire. A wrong number in a `.proto`
//! file loses spans silently.

use std::collections::BTreeSet;

use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    MethodDescriptorProto,
};
use skywalking_codegen::PROTOCOL;

/// One heading for each block, followed by `method kind request response`, `number name type label`
/// or `name number`.
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

service MeterReportService
    collect      client-streaming MeterData           Commands
    collectBatch client-streaming MeterDataCollection Commands

message Label
    1 name  string -
    2 value string -

message MeterBucketValue
    1 bucket             double -
    2 count              int64  -
    3 isNegativeInfinity bool   -

message MeterSingleValue
    1 name   string -
    2 labels Label  repeated
    3 value  double -

message MeterHistogram
    1 name   string           -
    2 labels Label            repeated
    3 values MeterBucketValue repeated

message MeterData
    1 singleValue     MeterSingleValue oneof metric
    2 histogram       MeterHistogram   oneof metric
    3 service         string           -
    4 serviceInstance string           -
    5 timestamp       int64            -

message MeterDataCollection
    1 meterData MeterData repeated

service LogReportService
    collect client-streaming LogData Commands

message LogData
    1 timestamp       int64        -
    2 service         string       -
    3 serviceInstance string       -
    4 endpoint        string       -
    5 body            LogDataBody  -
    6 traceContext    TraceContext -
    7 tags            LogTags      -
    8 layer           string       -

message LogDataBody
    1 type string  -
    2 text TextLog oneof content
    3 json JSONLog oneof content
    4 yaml YAMLLog oneof content

message TextLog
    1 text string -

message JSONLog
    1 json string -

message YAMLLog
    1 yaml string -

message TraceContext
    1 traceId        string -
    2 traceSegmentId string -
    3 spanId         int32  -

message LogTags
    1 data KeyStringValuePair repeated

service EventService
    collect client-streaming Event Commands

message Event
    1 uuid       string                -
    2 source     Source                -
    3 name       string                -
    4 type       Type                  -
    5 message    string                -
    6 parameters Event.ParametersEntry repeated
    7 startTime  int64                 -
    8 endTime    int64                 -
    9 layer      string                -

message Event.ParametersEntry
    1 key   string -
    2 value string -

message Source
    1 service         string -
    2 serviceInstance string -
    3 endpoint        string -

enum Type
    Normal 0
    Error  1

service ProfileTask
    getProfileTaskCommands unary            ProfileTaskCommandQuery Commands
    collectSnapshot        client-streaming ThreadSnapshot          Commands
    goProfileReport        client-streaming GoProfileData           Commands
    reportTaskFinish       unary            ProfileTaskFinishReport Commands

message ProfileTaskCommandQuery
    1 service         string -
    2 serviceInstance string -
    3 lastCommandTime int64  -

message ThreadSnapshot
    1 taskId         string      -
    2 traceSegmentId string      -
    3 time           int64       -
    4 sequence       int32       -
    5 stack          ThreadStack -

message ThreadStack
    1 codeSignatures string repeated

message ProfileTaskFinishReport
    1 service         string -
    2 serviceInstance string -
    3 taskId          string -

message GoProfileData
    1 taskId  string -
    2 payload bytes  -
    3 isLast  bool   -

service PprofTask
    collect              bidirectional-streaming PprofData             PprofCollectionResponse
    getPprofTaskCommands unary                   PprofTaskCommandQuery Commands

message PprofData
    1 metadata     PprofMetaData -
    2 errorMessage string        oneof result
    3 content      bytes         oneof result

message PprofCollectionResponse
    1 status PprofProfilingStatus -

message PprofMetaData
    1 service         string               -
    2 serviceInstance string               -
    3 taskId          string               -
    4 type            PprofProfilingStatus -
    5 contentSize     int32                -

message PprofTaskCommandQuery
    1 service         string -
    2 serviceInstance string -
    3 lastCommandTime int64  -

enum PprofProfilingStatus
    PPROF_PROFILING_SUCCESS      0
    PPROF_EXECUTION_TASK_ERROR   1
    PPROF_TERMINATED_BY_OVERSIZE 2

service ConfigurationDiscoveryService
    fetchConfigurations unary ConfigurationSyncRequest Commands

message ConfigurationSyncRequest
    1 service string -
    2 uuid    string -

service AsyncProfilerTask
    collect                      bidirectional-streaming AsyncProfilerData             AsyncProfilerCollectionResponse
    getAsyncProfilerTaskCommands unary                   AsyncProfilerTaskCommandQuery Commands

message AsyncProfilerData
    1 metaData     AsyncProfilerMetaData -
    2 errorMessage string                oneof result
    3 content      bytes                 oneof result

message AsyncProfilerCollectionResponse
    1 type AsyncProfilingStatus -

message AsyncProfilerMetaData
    1 service         string               -
    2 serviceInstance string               -
    3 taskId          string               -
    4 type            AsyncProfilingStatus -
    5 contentSize     int32                -

message AsyncProfilerTaskCommandQuery
    1 service         string -
    2 serviceInstance string -
    3 lastCommandTime int64  -

enum AsyncProfilingStatus
    PROFILING_SUCCESS      0
    EXECUTION_TASK_ERROR   1
    TERMINATED_BY_OVERSIZE 2

service JVMMetricReportService
    collect unary JVMMetricCollection Commands

message JVMMetricCollection
    1 metrics         JVMMetric repeated
    2 service         string    -
    3 serviceInstance string    -

message JVMMetric
    1 time       int64      -
    2 cpu        CPU        -
    3 memory     Memory     repeated
    4 memoryPool MemoryPool repeated
    5 gc         GC         repeated
    6 thread     Thread     -
    7 clazz      Class      -

message Memory
    1 isHeap    bool  -
    2 init      int64 -
    3 max       int64 -
    4 used      int64 -
    5 committed int64 -

message MemoryPool
    1 type      PoolType -
    2 init      int64    -
    3 max       int64    -
    4 used      int64    -
    5 committed int64    -

message GC
    1 phase GCPhase -
    2 count int64   -
    3 time  int64   -

message Thread
    1 liveCount                    int64 -
    2 daemonCount                  int64 -
    3 peakCount                    int64 -
    4 runnableStateThreadCount     int64 -
    5 blockedStateThreadCount      int64 -
    6 waitingStateThreadCount      int64 -
    7 timedWaitingStateThreadCount int64 -

message Class
    1 loadedClassCount        int64 -
    2 totalUnloadedClassCount int64 -
    3 totalLoadedClassCount   int64 -

enum PoolType
    CODE_CACHE_USAGE                     0
    NEWGEN_USAGE                         1
    OLDGEN_USAGE                         2
    SURVIVOR_USAGE                       3
    PERMGEN_USAGE                        4
    METASPACE_USAGE                      5
    ZHEAP_USAGE                          6
    COMPRESSED_CLASS_SPACE_USAGE         7
    CODEHEAP_NON_NMETHODS_USAGE          8
    CODEHEAP_PROFILED_NMETHODS_USAGE     9
    CODEHEAP_NON_PROFILED_NMETHODS_USAGE 10

enum GCPhase
    NEW    0
    OLD    1
    NORMAL 2

service CLRMetricReportService
    collect unary CLRMetricCollection Commands

message CLRMetricCollection
    1 metrics         CLRMetric repeated
    2 service         string    -
    3 serviceInstance string    -

message CLRMetric
    1 time   int64     -
    2 cpu    CPU       -
    3 gc     ClrGC     -
    4 thread ClrThread -

message ClrGC
    1 Gen0CollectCount int64 -
    2 Gen1CollectCount int64 -
    3 Gen2CollectCount int64 -
    4 HeapMemory       int64 -

message ClrThread
    1 AvailableCompletionPortThreads int32 -
    2 AvailableWorkerThreads         int32 -
    3 MaxCompletionPortThreads       int32 -
    4 MaxWorkerThreads               int32 -

service BrowserPerfService
    collectPerfData                unary            BrowserPerfData                Commands
    collectWebVitalsPerfData       unary            BrowserWebVitalsPerfData       Commands
    collectResourcePerfData        unary            BrowserResourcePerfData        Commands
    collectWebInteractionsPerfData unary            BrowserWebInteractionsPerfData Commands
    collectErrorLogs               client-streaming BrowserErrorLog                Commands

message BrowserPerfData
    1  service         string -
    2  serviceVersion  string -
    3  time            int64  -
    4  pagePath        string -
    5  redirectTime    int32  -
    6  dnsTime         int32  -
    7  ttfbTime        int32  -
    8  tcpTime         int32  -
    9  transTime       int32  -
    10 domAnalysisTime int32  -
    11 fptTime         int32  -
    12 domReadyTime    int32  -
    13 loadPageTime    int32  -
    14 resTime         int32  -
    15 sslTime         int32  -
    16 ttlTime         int32  -
    17 firstPackTime   int32  -
    18 fmpTime         int32  -

message BrowserErrorLog
    1  uniqueId           string        -
    2  service            string        -
    3  serviceVersion     string        -
    4  time               int64         -
    5  pagePath           string        -
    6  category           ErrorCategory -
    7  grade              string        -
    8  message            string        -
    9  line               int32         -
    10 col                int32         -
    11 stack              string        -
    12 errorUrl           string        -
    13 firstReportedError bool          -

message BrowserWebVitalsPerfData
    1 service        string -
    2 serviceVersion string -
    3 time           int64  -
    4 pagePath       string -
    5 fmpTime        int32  -
    6 cls            double -
    7 lcpTime        int32  -

message BrowserResourcePerfData
    1 service        string -
    2 serviceVersion string -
    3 time           int64  -
    4 pagePath       string -
    5 name           string -
    6 duration       int32  -
    7 size           int32  -
    9 protocol       string -
    8 resourceType   string -

message BrowserWebInteractionsPerfData
    1 service        string -
    2 serviceVersion string -
    3 time           int64  -
    4 pagePath       string -
    5 inpTime        int32  -

enum ErrorCategory
    ajax     0
    resource 1
    vue      2
    promise  3
    js       4
    unknown  5
";

/// A heading alone, or a row behind its heading, each with single spaces.
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
        assert!(rows.insert(row), "the table has `{line}` twice");
    }
    rows
}

#[test]
fn protos_and_table_have_the_same_rows() {
    let mut described = Rows::new();
    for file in PROTOCOL.descriptors().expect("the protocol files compile").file {
        describe_file(&file, &mut described);
    }
    let table = table();
    let missing: Vec<_> = table.difference(&described).collect();
    let unknown: Vec<_> = described.difference(&table).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "only in the table: {missing:#?}\nonly in the .proto files: {unknown:#?}"
    );
}

#[test]
fn every_file_is_proto3_and_in_its_package() {
    for file in PROTOCOL.descriptors().expect("the protocol files compile").file {
        let package = if ["pprof.proto", "async_profiler.proto"].contains(&file.name()) {
            "skywalking.v10"
        } else {
            "skywalking.v3"
        };
        assert_eq!((file.syntax(), file.package()), ("proto3", package), "{}", file.name());
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

/// `scope` is empty, or the name of the outer message and a dot.
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
    format!(
        "{} {kind} {} {}",
        method.name(),
        in_package(method.input_type()),
        in_package(method.output_type())
    )
}

fn field_row(field: &FieldDescriptorProto, message: &DescriptorProto) -> String {
    let kind = match field.r#type() {
        Type::Message | Type::Enum | Type::Group => in_package(field.type_name()).to_owned(),
        scalar => scalar.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
    };
    let label = match (field.label(), field.oneof_index) {
        // Descriptors have a oneof with one field for each `optional` field, so it would be shown
        // here. The protocol has none.
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

/// Returns the name of a type without our packages. A type of another package keeps its full name,
/// which no row has.
fn in_package(name: &str) -> &str {
    [".skywalking.v3.", ".skywalking.v10."]
        .iter()
        .find_map(|package| name.strip_prefix(package))
        .unwrap_or(name)
}
