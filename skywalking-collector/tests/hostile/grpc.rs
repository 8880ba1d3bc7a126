//! Hostile gRPC calls: paths, metadata, messages and their framing.

use std::net::SocketAddr;
use std::pin::Pin;

use http_body::Body as _;
use prost::Message as _;
use skywalking_proto::v3::SegmentCollection;
use tonic::Code;
use tonic::codegen::{Service as _, http};
use tonic::transport::Channel;

use crate::bodies::{bomb, gzip};
use crate::case::{Case, Expected, Request};
use crate::segments::valid;

const COLLECT: &str = "/skywalking.v3.TraceSegmentReportService/collect";
const IN_SYNC: &str = "/skywalking.v3.TraceSegmentReportService/collectInSync";
const PING: &str = "/skywalking.v3.ManagementService/keepAlive";
const PROPERTIES: &str = "/skywalking.v3.ManagementService/reportInstanceProperties";
const METERS: &str = "/skywalking.v3.MeterReportService/collect";
const JVM: &str = "/skywalking.v3.JVMMetricReportService/collect";

/// A gRPC call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    path: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
}

impl Call {
    /// Returns the code and the message of the status.
    pub(crate) async fn send(&self, address: SocketAddr) -> Result<(Code, String), String> {
        let endpoint = Channel::from_shared(format!("http://{address}")).expect("an address");
        let mut channel = endpoint.connect().await.map_err(|error| error.to_string())?;
        let mut request = http::Request::post(&self.path).header("te", "trailers");
        if self.headers.iter().all(|(name, _)| *name != "content-type") {
            request = request.header("content-type", "application/grpc");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, &value[..]);
        }
        let body = tonic::body::Body::new(axum::body::Body::from(self.body.clone()));
        let request = request.body(body).map_err(|error| error.to_string())?;
        let ready = std::future::poll_fn(|context| channel.poll_ready(context)).await;
        ready.map_err(|error| error.to_string())?;
        let response = match channel.call(request).await {
            Ok(response) => response,
            Err(error) => return Ok((Code::Internal, format!("{error:?}"))),
        };
        let mut metadata = response.headers().clone();
        let mut body = response.into_body();
        while let Some(frame) =
            std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
        {
            match frame {
                Ok(frame) => metadata.extend(frame.into_trailers().unwrap_or_default()),
                Err(status) => return Ok((status.code(), status.message().to_owned())),
            }
        }
        let status = tonic::Status::from_header_map(&metadata).ok_or("no status")?;
        Ok((status.code(), status.message().to_owned()))
    }
}

/// A message with its prefix.
pub(crate) fn message(flag: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short message");
    [&[flag], &length.to_be_bytes()[..], bytes].concat()
}

pub(crate) fn call(
    name: impl Into<String>,
    path: &str,
    headers: &[(&'static str, &[u8])],
    body: Vec<u8>,
    code: Code,
    part: &str,
) -> Case {
    let headers = headers.iter().map(|(name, value)| (*name, value.to_vec())).collect();
    let call = Call { path: path.to_owned(), headers, body };
    let name = format!("gRPC: {}", name.into());
    Case::new(name, Request::Call(call), Expected::Code(code, part.to_owned()))
}

pub(crate) fn cases() -> Vec<Case> {
    [framing(), calls(), access()].concat()
}

fn framing() -> Vec<Case> {
    const GZIP: &[(&str, &[u8])] = &[("grpc-encoding", b"gzip")];
    let invalid = Code::InvalidArgument;
    let segment = valid("framing").encode_to_vec();
    let lying = |length: u32, bytes: &[u8]| [&[0], &length.to_be_bytes()[..], bytes].concat();
    let bomb = bomb(200);
    [
        ("prefix of one byte", &[][..], vec![0], invalid, "ends inside the message"),
        ("prefix of four bytes", &[], vec![0; 4], invalid, "ends inside the message"),
        ("message cut off", &[], lying(100, &segment[..50]), invalid, "ends inside the message"),
        ("length of 4 GiB", &[], lying(u32::MAX, b"x"), Code::ResourceExhausted, "too large"),
        ("length of 51 MiB", &[], lying(51 << 20, b"x"), Code::ResourceExhausted, "too large"),
        ("compression flag 2", &[], message(2, &segment), invalid, "compression flag is 2"),
        ("compression flag 255", &[], message(255, &segment), invalid, "flag is 255"),
        ("compressed without encoding", &[], message(1, &gzip(&segment)), invalid, "flag is 1"),
        ("compressed garbage", GZIP, message(1, b"not gzip"), invalid, "is not gzip"),
        ("empty gzip", GZIP, message(1, b""), invalid, "is not gzip"),
        ("gzip cut off", GZIP, message(1, &gzip(&segment)[..30]), invalid, "is not gzip"),
        ("gzip bomb of 200 MiB", GZIP, message(1, &bomb), Code::ResourceExhausted, "too large"),
        ("random bytes", &[], message(0, &[0xff; 64]), invalid, "not a SegmentObject"),
        ("an HTTP request", &[], b"GET / HTTP/1.1\r\n\r\n".to_vec(), invalid, "flag is 71"),
        ("JSON", &[], message(0, b"{\"traceId\":\"a\"}"), invalid, "not a SegmentObject"),
        (
            "field with a length of 2^64",
            &[],
            message(0, &[0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
            invalid,
            "not a SegmentObject",
        ),
        ("endless varint", &[], message(0, &[0xff; 11]), invalid, "not a SegmentObject"),
        ("field 0", &[], message(0, &[0x02, 0x00]), invalid, "not a SegmentObject"),
        ("open group", &[], message(0, &[0x0b; 100]), invalid, "not a SegmentObject"),
        (
            "groups 100 000 deep",
            &[],
            message(0, &vec![0x0b; 100_000]),
            invalid,
            "not a SegmentObject",
        ),
        ("text that is not UTF-8", &[], message(0, &[0x0a, 1, 0xff]), invalid, "not a Segment"),
        (
            "5 million empty spans",
            &[],
            message(0, &[0x1a, 0].repeat(5_000_000)),
            invalid,
            "bytes of memory",
        ),
        (
            "2 million empty references",
            &[],
            message(0, &span_of(&[0x2a, 0].repeat(2_000_000))),
            invalid,
            "bytes of memory",
        ),
        (
            "2 million empty tags",
            &[],
            message(0, &span_of(&[0x62, 0].repeat(2_000_000))),
            invalid,
            "bytes of memory",
        ),
        (
            "2 million empty logs",
            &[],
            message(0, &span_of(&[0x6a, 0].repeat(2_000_000))),
            invalid,
            "bytes of memory",
        ),
    ]
    .into_iter()
    .map(|(name, headers, body, code, part)| {
        let large = body.len() > 100_000;
        let case = call(name, COLLECT, headers, body, code, part).counts("segmentsRefused", 1);
        if large { case.alone() } else { case }
    })
    .collect()
}

/// A field 3 with this payload.
fn span_of(payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1a];
    prost::encoding::encode_varint(payload.len() as u64, &mut bytes);
    [bytes, payload.to_vec()].concat()
}

fn calls() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in [
        "/",
        "//",
        "/skywalking.v3.TraceSegmentReportService",
        "/skywalking.v3.TraceSegmentReportService/",
        "/skywalking.v3.TraceSegmentReportService/Collect",
        "/skywalking.v3.TraceSegmentReportService/collect/",
        "/skywalking.v3.TraceSegmentReportService/collect/../collect",
        "/skywalking.v3.TraceSegmentReportService/%63ollect",
        "/skywalking.v2.TraceSegmentReportService/collect",
        "/x.skywalking.v3.TraceSegmentReportService/collect",
        "/PprofTask/collect",
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/api/traces",
        "/v3/segments",
    ] {
        let body = message(0, b"");
        cases.push(call(path, path, &[], body, Code::Unimplemented, "unknown method"));
    }
    for encoding in ["br", "deflate", "zstd", "snappy", "gzip,gzip", "", "GZIP"] {
        let headers = [("grpc-encoding", encoding.as_bytes())];
        let name = format!("encoding {encoding:?}");
        let part = "unknown encoding";
        cases.push(call(name, COLLECT, &headers, Vec::new(), Code::Unimplemented, part));
    }
    let pair = [message(0, b""), message(0, b"")].concat();
    let broken = message(0, &[0x0a, 5, b'x']);
    let invalid = Code::InvalidArgument;
    for (name, path) in
        [("collectInSync", IN_SYNC), ("keepAlive", PING), ("properties", PROPERTIES), ("JVM", JVM)]
    {
        let none =
            call(format!("{name} without a message"), path, &[], vec![], invalid, "send one");
        let two = call(format!("{name} with two"), path, &[], pair.clone(), invalid, "send one");
        cases.extend([none, two]);
    }
    let refused =
        |name: &str, path, body: &[u8], part| call(name, path, &[], body.to_vec(), invalid, part);
    cases.extend([
        refused("collection cut off", IN_SYNC, &broken, "not a SegmentObject")
            .counts("segmentsRefused", 1),
        refused("ping cut off", PING, &broken, "InstancePingPkg").counts("managementRefused", 1),
        refused("properties cut off", PROPERTIES, &broken, "InstanceProperties")
            .counts("managementRefused", 1),
        refused("JVM metrics cut off", JVM, &broken, "invalid protobuf")
            .counts("segmentsRefused", 1),
        refused("meters cut off", METERS, &broken, "invalid protobuf").counts("metersRefused", 1),
        refused(
            "a million empty properties",
            PROPERTIES,
            &message(0, &[0x1a, 0].repeat(1_000_000)),
            "send fewer properties",
        )
        .counts("managementRefused", 1)
        .alone(),
        refused("a collection with a bad segment", IN_SYNC, &mixed(), "1 of 2 segments refused")
            .counts("segmentsRefused", 1)
            .counts("segmentsAccepted", 1)
            .counts("spansAccepted", 1),
    ]);
    cases
}

/// A valid segment and one without ids.
fn mixed() -> Vec<u8> {
    let mut bad = valid("mixed-bad");
    bad.trace_id.clear();
    message(0, &SegmentCollection { segments: vec![valid("mixed"), bad] }.encode_to_vec())
}

/// Web pages, and calls without the token.
fn access() -> Vec<Case> {
    let body = || message(0, &valid("access").encode_to_vec());
    let mut cases = Vec::new();
    for origin in ["http://evil.example", "null", "http://127.0.0.1:12800", ""] {
        let (name, headers) = (format!("origin {origin:?}"), [("origin", origin.as_bytes())]);
        let part = "web pages";
        cases.push(call(name, COLLECT, &headers, body(), Code::PermissionDenied, part));
    }
    let long = vec![b's'; 7_000];
    for (name, token) in [
        ("no token", None),
        ("empty token", Some(&b""[..])),
        ("token with a space", Some(b"s3cret x")),
        ("beginning of the token", Some(b"s3cre")),
        ("token in upper case", Some(b"S3CRET")),
        ("token and more", Some(b"s3crets")),
        ("bearer token", Some(b"Bearer s3cret")),
        ("token of bytes", Some(b"\xff\xfe")),
        ("token of 7 000 characters", Some(&long)),
    ] {
        let headers: Vec<_> = token.map(|token| ("authentication", token)).into_iter().collect();
        for (method, path) in [("collect", COLLECT), ("keepAlive", PING), ("JVM", JVM)] {
            let (name, part) = (format!("{method} with {name}"), "is not this collector's token");
            let case = call(name, path, &headers, body(), Code::PermissionDenied, part);
            cases.push(case.with_token());
        }
    }
    let twice = [("authentication", &b"wrong"[..]), ("authentication", b"s3cret")];
    let case = call("two tokens", COLLECT, &twice, body(), Code::PermissionDenied, "token");
    cases.push(case.with_token());
    cases
}
