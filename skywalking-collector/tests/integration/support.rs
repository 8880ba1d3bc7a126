//! Segments of the scenario, a gRPC client that sends any bytes, and an HTTP client that sends any
//! text.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message as _;
use serde_json::Value;
use skywalking_collector::{Builder, Collector};
use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};

pub(crate) const COLLECT: &str = "/skywalking.v3.TraceSegmentReportService/collect";
pub(crate) const COLLECT_IN_SYNC: &str = "/skywalking.v3.TraceSegmentReportService/collectInSync";
pub(crate) const PROPERTIES: &str = "/skywalking.v3.ManagementService/reportInstanceProperties";
pub(crate) const KEEP_ALIVE: &str = "/skywalking.v3.ManagementService/keepAlive";

/// The deadline of a wait that should not fail.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// Returns a builder with free ports.
pub(crate) fn builder() -> Builder {
    Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0")
}

pub(crate) async fn start() -> Collector {
    builder().start().await.expect("free ports")
}

/// Returns a collector with the trace `trace/1` of the scenario, and its start.
pub(crate) async fn with_scenario() -> (Collector, i64) {
    let collector = start().await;
    let began = now();
    send(collector.grpc_addr(), COLLECT, encoded(&scenario("trace/1", began)))
        .await
        .expect("accepted");
    (collector, began)
}

/// Returns the time in epoch milliseconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the year 292 million")
}

pub(crate) fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: key.into(), value: value.into() }
}

/// Returns a segment with one local span.
pub(crate) fn small(trace: &str, segment: &str) -> SegmentObject {
    SegmentObject {
        trace_id: trace.into(),
        trace_segment_id: segment.into(),
        service: "small".into(),
        service_instance: "small_1".into(),
        spans: vec![SpanObject {
            parent_span_id: -1,
            start_time: now(),
            end_time: now() + 1,
            operation_name: "work".into(),
            span_type: SpanType::Local as i32,
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// Returns the segments of client and server of a request that started at `start`.
pub(crate) fn scenario(trace: &str, start: i64) -> [SegmentObject; 2] {
    let span =
        |id, kind: SpanType, layer: SpanLayer, name: &str, peer: &str, from, to| SpanObject {
            span_id: id,
            parent_span_id: id - 1,
            start_time: start + from,
            end_time: start + to,
            operation_name: name.into(),
            peer: peer.into(),
            span_type: kind as i32,
            span_layer: layer as i32,
            component_id: 11000,
            ..Default::default()
        };
    let client = SegmentObject {
        trace_id: trace.into(),
        trace_segment_id: format!("{trace}.client"),
        service: "RTS_Test".into(),
        service_instance: "RTS_Test_1".into(),
        // Children come first, as agents send them.
        spans: vec![
            span(
                1,
                SpanType::Exit,
                SpanLayer::RpcFramework,
                "/Service/OnSnapshot",
                "RTS_Server",
                1,
                11,
            ),
            span(0, SpanType::Entry, SpanLayer::Http, "/API/Snapshot", "", 0, 12),
        ],
        ..Default::default()
    };
    let mut entry = span(
        0,
        SpanType::Entry,
        SpanLayer::RpcFramework,
        "/Service/OnSnapshot/QueringSnapshot",
        "",
        2,
        10,
    );
    entry.refs.push(SegmentReference {
        ref_type: RefType::CrossProcess as i32,
        trace_id: trace.into(),
        parent_trace_segment_id: client.trace_segment_id.clone(),
        parent_span_id: 1,
        parent_service: "RTS_Test".into(),
        parent_service_instance: "RTS_Test_1".into(),
        parent_endpoint: "/API/Snapshot".into(),
        network_address_used_at_peer: "RTS_Server".into(),
    });
    let mut exit =
        span(1, SpanType::Exit, SpanLayer::Database, "/database/QuerySnapshot", "APIService", 3, 9);
    exit.tags = vec![pair("db.type", "sql"), pair("db.statement", "SELECT a FROM snapshot")];
    exit.logs =
        vec![Log { time: start + 4, data: vec![pair("event", "rows"), pair("count", "3")] }];
    let server = SegmentObject {
        trace_id: trace.into(),
        trace_segment_id: format!("{trace}.server"),
        service: "Service_Test".into(),
        service_instance: "Service_Test_1".into(),
        spans: vec![exit, entry],
        ..Default::default()
    };
    [client, server]
}

pub(crate) fn encoded<'a>(segments: impl IntoIterator<Item = &'a SegmentObject>) -> Vec<Vec<u8>> {
    segments.into_iter().map(prost::Message::encode_to_vec).collect()
}

/// Sends the messages in one call, unchanged.
pub(crate) async fn send(
    address: SocketAddr,
    path: &'static str,
    messages: Vec<Vec<u8>>,
) -> Result<(), Status> {
    send_with(address, path, messages, None).await
}

pub(crate) async fn send_with(
    address: SocketAddr,
    path: &'static str,
    messages: Vec<Vec<u8>>,
    token: Option<&'static str>,
) -> Result<(), Status> {
    let mut request = Request::new(tokio_stream::iter(messages));
    if let Some(token) = token {
        request.metadata_mut().insert("authentication", MetadataValue::from_static(token));
    }
    let mut client = tonic::client::Grpc::new(channel(address).await);
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    client.client_streaming(request, PathAndQuery::from_static(path), BytesCodec).await.map(drop)
}

pub(crate) async fn channel(address: SocketAddr) -> Channel {
    let endpoint = Channel::from_shared(format!("http://{address}")).expect("an address");
    endpoint.connect().await.expect("the collector listens")
}

/// Sends any bytes. Every response is an empty `Commands`.
#[derive(Clone, Copy)]
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Vec<u8>;
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, target: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put(target, &*item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        let commands = skywalking_proto::v3::Commands::decode(source)
            .map_err(|error| Status::internal(error.to_string()))?;
        assert_eq!(commands, skywalking_proto::v3::Commands::default());
        Ok(Some(()))
    }
}

/// An HTTP response: status, headers in lower case, body.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        assert!(
            self.headers.iter().any(|header| header == "content-type: application/json"),
            "{self:?}"
        );
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// Returns the text of an error response with this status.
pub(crate) fn error_text(response: &Response, status: u16) -> String {
    assert_eq!(response.status, status, "{response:?}");
    let json = response.json();
    assert_eq!(json.as_object().expect("an object").len(), 1);
    json["error"].as_str().expect("a string").to_owned()
}

/// Sends `GET path` with a valid `Host`.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Response {
    exchange(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"),
    )
    .await
}

/// Sends `GET path` and returns the JSON of a 200.
pub(crate) async fn json(address: SocketAddr, path: &str) -> Value {
    let response = get(address, path).await;
    assert_eq!(response.status, 200, "{response:?}");
    response.json()
}

/// Sends the text unchanged and reads to the end.
pub(crate) async fn exchange(address: SocketAddr, request: &str) -> Response {
    exchange_bytes(address, request.as_bytes()).await
}

async fn exchange_bytes(address: SocketAddr, request: &[u8]) -> Response {
    let mut stream = TcpStream::connect(address).await.expect("the collector listens");
    stream.write_all(request).await.expect("an open connection");
    let mut read = Vec::new();
    let closed =
        tokio::time::timeout(TIMEOUT, stream.read_to_end(&mut read)).await.expect("in time");
    closed.expect("a closed connection");
    let text = String::from_utf8(read).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.lines();
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    Response {
        status: status.expect("a status line"),
        headers: lines.map(str::to_ascii_lowercase).collect(),
        body: body.to_owned(),
    }
}

/// Sends `POST path` with this body and these headers, each ending with CRLF.
pub(crate) async fn post(address: SocketAddr, path: &str, headers: &str, body: &[u8]) -> Response {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    exchange_bytes(address, &[head.as_bytes(), body].concat()).await
}
