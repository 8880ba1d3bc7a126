//! Limits and timeouts: clients that never finish a request, never read a response, or never
//! disconnect.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body, Frame};
use skywalking_proto::v3::SegmentObject;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tonic::Code;
use tonic::codegen::{Service as _, http};

use crate::support::{
    COLLECT, KEEP_ALIVE, TIMEOUT, builder, channel, encoded, get, json, pair, send, small,
};

const MIB: usize = 1024 * 1024;
/// The tolerance for a slow machine.
const SLACK: Duration = Duration::from_secs(2);

/// A body that sends some bytes and never ends.
struct Unfinished(Vec<Bytes>);

impl Body for Unfinished {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.pop().map_or(Poll::Pending, |data| Poll::Ready(Some(Ok(Frame::data(data)))))
    }
}

/// Sends `sent` bytes of a message of `length` bytes. Returns the status of the call.
async fn unfinished(address: SocketAddr, length: usize, sent: usize) -> Option<Code> {
    let mut prefix = vec![0];
    prefix.extend(u32::try_from(length).expect("a length").to_be_bytes());
    let body = tonic::body::Body::new(Unfinished(vec![Bytes::from(vec![0; sent]), prefix.into()]));
    let request = http::Request::post(COLLECT)
        .header("te", "trailers")
        .header("content-type", "application/grpc")
        .body(body);
    let mut channel = channel(address).await;
    std::future::poll_fn(|context| channel.poll_ready(context)).await.expect("connected");
    let response = channel.call(request.expect("a request")).await.ok()?;
    let code = response.headers().get("grpc-status")?.to_str().ok()?.parse().ok()?;
    Some(Code::from_i32(code))
}

fn with_tag(id: &str, bytes: usize) -> SegmentObject {
    let mut segment = small(id, id);
    segment.spans[0].tags = vec![pair("body", &"x".repeat(bytes))];
    segment
}

#[tokio::test]
async fn unfinished_messages_share_the_budget() {
    let collector = builder().max_in_flight(8 * MIB).start().await.expect("free ports");
    let address = collector.grpc_addr();

    let mut calls: JoinSet<_> =
        std::iter::repeat_with(|| unfinished(address, 4 * MIB, 3 * MIB)).take(6).collect();
    // Small reports still fit into the budget.
    for at in 0..10 {
        let id = format!("t{at}");
        send(address, COLLECT, encoded([&small(&id, &id)])).await.expect("accepted");
    }
    for _ in 0..3 {
        let refused = tokio::time::timeout(Duration::from_secs(60), calls.join_next()).await;
        let code = refused.expect("in time").expect("a call").expect("no panic");
        assert_eq!(code, Some(Code::ResourceExhausted));
    }

    // Ended calls release their part of the budget.
    calls.shutdown().await;
    send(address, COLLECT, encoded([&with_tag("large", 7 * MIB)])).await.expect("accepted again");
    // A message without others in flight may exceed the budget.
    send(address, COLLECT, encoded([&with_tag("larger", 20 * MIB)])).await.expect("accepted alone");
}

/// 20 unfinished messages of 8 MiB would take 160 MiB.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn memory_of_the_program_stays_within_the_budget() {
    let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_skywalking-collector"));
    program.args([
        "--grpc-addr",
        "127.0.0.1:0",
        "--http-addr",
        "127.0.0.1:0",
        "--max-in-flight",
        &(32 * MIB).to_string(),
    ]);
    let mut program = program
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let mut lines = tokio::io::BufReader::new(program.stdout.take().expect("piped")).lines();
    let line = lines.next_line().await.expect("text").expect("a line");
    let address = line
        .strip_prefix("grpc listening on ")
        .and_then(|address| address.parse().ok())
        .expect("an address");

    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        calls.spawn(unfinished(address, 48 * MIB, 8 * MIB));
    }
    for _ in 0..16 {
        let code = tokio::time::timeout(TIMEOUT, calls.join_next())
            .await
            .expect("in time")
            .expect("an open call");
        assert_eq!(code.expect("no panic"), Some(Code::ResourceExhausted));
    }
    let status = std::fs::read_to_string(format!(
        "/proc/{}/status",
        program.id().expect("a running program")
    ))
    .expect("a running program");
    let peak = status.lines().find_map(|line| {
        line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<usize>().ok()
    });

    assert!(peak.is_some_and(|kib| kib < 96 * 1024), "{peak:?} KiB");
}

#[tokio::test]
async fn message_timeout_starts_at_the_first_byte() {
    let timeout = Duration::from_millis(300);
    let collector = builder().message_timeout(timeout).start().await.expect("free ports");
    for (length, sent) in [(MIB, 10), (MIB, 0), (40 * MIB, MIB)] {
        let begin = Instant::now();
        let code = tokio::time::timeout(TIMEOUT, unfinished(collector.grpc_addr(), length, sent))
            .await
            .expect("in time");
        assert_eq!(code, Some(Code::DeadlineExceeded));
        assert!(begin.elapsed() < timeout + SLACK, "{:?}", begin.elapsed());
    }
    assert_eq!(collector.stats().segments_refused, 3);
}

/// Sends the bytes and returns how long the connection stays open.
async fn open_for(address: SocketAddr, bytes: &[u8]) -> Duration {
    let mut stream = TcpStream::connect(address).await.expect("a listening port");
    stream.write_all(bytes).await.expect("an open connection");
    let begin = Instant::now();
    let mut read = Vec::new();
    // The connection may be closed or reset.
    let _ = tokio::time::timeout(TIMEOUT, stream.read_to_end(&mut read)).await.expect("in time");
    begin.elapsed()
}

#[tokio::test]
async fn request_timeout_closes_connections() {
    let timeout = Duration::from_millis(300);

    let collector = builder().request_timeout(timeout).start().await.expect("free ports");

    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    // One byte of a head of 20 bytes.
    let half_a_head = [&preface[..], b"\0\0\x14\x01\x04\0\0\0\x01\x82"].concat();
    for (address, bytes) in [
        (collector.grpc_addr(), &b""[..]),
        (collector.grpc_addr(), &preface[..10]),
        (collector.grpc_addr(), preface),
        (collector.grpc_addr(), &half_a_head),
        (collector.http_addr(), b""),
        (collector.http_addr(), b"GET /api/traces HTT"),
        (collector.http_addr(), b"GET /api/traces HTTP/1.1\r\nHost: localhost\r\nX-A: b"),
    ] {
        let lasted = open_for(address, bytes).await;
        assert!(lasted < timeout + SLACK, "{:?}: {lasted:?}", String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn idle_timeout_closes_connections() {
    let timeout = Duration::from_millis(300);

    let collector = builder().idle_timeout(timeout).start().await.expect("free ports");

    let request = b"GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for bytes in [request.to_vec(), [&request[..], b"GET /api"].concat()] {
        let lasted = open_for(collector.http_addr(), &bytes).await;
        assert!(lasted < timeout + SLACK, "{lasted:?}");
    }
    // A stream without messages is idle too.
    let begin = Instant::now();
    let ended =
        tokio::time::timeout(TIMEOUT, unfinished_call_without_a_byte(collector.grpc_addr()))
            .await
            .expect("in time");

    assert!(ended.is_none() && begin.elapsed() < timeout + SLACK, "{:?}", begin.elapsed());
}

async fn unfinished_call_without_a_byte(address: SocketAddr) -> Option<()> {
    let request = http::Request::post(COLLECT)
        .header("te", "trailers")
        .header("content-type", "application/grpc");
    let mut channel = channel(address).await;
    std::future::poll_fn(|context| channel.poll_ready(context)).await.expect("connected");
    channel
        .call(request.body(tonic::body::Body::new(Unfinished(vec![]))).expect("a request"))
        .await
        .ok()
        .map(drop)
}

#[tokio::test]
async fn response_timeout_closes_connections() {
    // The budget for one response.
    let builder = builder().max_in_flight(30 * MIB).response_timeout(Duration::from_millis(500));
    let collector = builder.start().await.expect("free ports");
    let http = collector.http_addr();

    send(collector.grpc_addr(), COLLECT, encoded([&with_tag("large", 12 * MIB)]))
        .await
        .expect("accepted");
    let mut blocked = Vec::new();
    for round in 0..3 {
        let mut stream = TcpStream::connect(http).await.expect("a listening port");
        stream
            .write_all(b"GET /api/traces/large HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .expect("an open connection");
        let status = tokio::time::timeout(TIMEOUT, stream.read_u64())
            .await
            .expect("in time")
            .expect("a head");
        assert_eq!(status.to_be_bytes(), *b"HTTP/1.1", "round {round}");
        blocked.push(stream);
        // The next request waits until the blocked connection is closed.
        let response = get(http, "/api/traces/large").await;
        assert!(
            response.status == 200 && response.body.len() > 12 * MIB,
            "{} of {} bytes",
            response.status,
            response.body.len()
        );
        assert_eq!(json(http, "/healthcheck").await["status"], "ok");
    }
    for mut stream in blocked {
        let mut read = Vec::new();
        let _ =
            tokio::time::timeout(TIMEOUT, stream.read_to_end(&mut read)).await.expect("in time");
        assert!(read.len() < 12 * MIB, "{} bytes were received", read.len());
    }
}

#[tokio::test]
async fn connection_limit_closes_the_longest_idle() {
    let collector = builder().max_connections(10).start().await.expect("free ports");

    let mut idle = Vec::new();
    for at in 0..40 {
        let address = if at % 2 == 0 { collector.grpc_addr() } else { collector.http_addr() };
        idle.push(TcpStream::connect(address).await.expect("a listening port"));
        // New clients are served.
        if at % 10 == 9 {
            send(collector.grpc_addr(), KEEP_ALIVE, vec![vec![]]).await.expect("served");
            assert_eq!(json(collector.http_addr(), "/healthcheck").await["status"], "ok");
        }
    }
    for mut stream in idle.drain(..20) {
        let read =
            tokio::time::timeout(TIMEOUT, stream.read(&mut [0; 9])).await.expect("closed in time");
        // A gRPC connection receives the settings of the server first.
        assert!(read.is_ok_and(|length| length == 0 || length == 9));
    }
    let mut last = idle.pop().expect("the newest");
    last.write_all(b"GET /healthcheck HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .expect("an open connection");
    let mut read = String::new();
    tokio::time::timeout(TIMEOUT, last.read_to_string(&mut read))
        .await
        .expect("in time")
        .expect("text");

    assert!(read.starts_with("HTTP/1.1 200 "), "the newest connection is open: {read}");
}

#[tokio::test]
async fn connection_limit_keeps_connections_in_use() {
    let collector = builder().max_connections(5).start().await.expect("free ports");

    let mut client = skywalking_proto::v3::management_service_client::ManagementServiceClient::new(
        channel(collector.grpc_addr()).await,
    );
    let mut others = Vec::new();
    for _ in 0..30 {
        client
            .keep_alive(skywalking_proto::v3::InstancePingPkg::default())
            .await
            .expect("the same connection");
        let mut other = TcpStream::connect(collector.http_addr()).await.expect("a listening port");
        // A response shows that the connection was accepted, so that another one was closed for it.
        other
            .write_all(b"GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .expect("an open connection");
        let mut status = [0; 12];
        tokio::time::timeout(TIMEOUT, other.read_exact(&mut status))
            .await
            .expect("in time")
            .expect("a response");
        assert_eq!(&status, b"HTTP/1.1 200");
        others.push(other);
    }

    assert_eq!(collector.stats().pings, 30);
}

/// Opens connections with a report whose body is never sent completely.
async fn unfinished_bodies(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await.expect("a listening port");
        let head = b"POST /v3/segments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[";
        stream.write_all(head).await.expect("an open connection");
        streams.push(stream);
    }
    streams
}

#[tokio::test]
async fn connection_limit_closes_unfinished_bodies() {
    let collector = builder().max_connections(10).start().await.expect("free ports");
    let mut slow = unfinished_bodies(collector.http_addr(), 10).await;
    // They are idle, so one of them is closed for each new connection.
    for _ in 0..5 {
        assert_eq!(json(collector.http_addr(), "/healthcheck").await["status"], "ok");
        send(collector.grpc_addr(), KEEP_ALIVE, vec![vec![]]).await.expect("served");
        slow.extend(unfinished_bodies(collector.http_addr(), 2).await);
    }
}

#[tokio::test]
async fn request_heads_are_limited() {
    let collector = builder().start().await.expect("free ports");
    for (length, status) in [(32 * 1024, "HTTP/1.1 200 "), (256 * 1024, "HTTP/1.1 431 ")] {
        let mut stream = TcpStream::connect(collector.http_addr()).await.expect("a listening port");
        let head = format!(
            "GET /healthcheck HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-A: {}\r\n\r\n",
            "a".repeat(length)
        );
        // The server may refuse it before all of it is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut response = vec![0; status.len()];
        tokio::time::timeout(TIMEOUT, stream.read_exact(&mut response))
            .await
            .expect("in time")
            .expect("a response");
        assert_eq!(String::from_utf8_lossy(&response), status, "{length} bytes");
    }
}

#[tokio::test]
async fn waiting_for_the_budget_blocks_no_small_response() {
    let collector = builder().max_in_flight(30 * MIB).start().await.expect("free ports");
    let http = collector.http_addr();

    send(collector.grpc_addr(), COLLECT, encoded([&with_tag("large", 12 * MIB)]))
        .await
        .expect("accepted");
    let mut readers = Vec::new();
    for at in 0..20 {
        let mut stream = TcpStream::connect(http).await.expect("a listening port");
        stream
            .write_all(b"GET /api/traces/large HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .expect("an open connection");
        if at == 0 {
            // It uses the whole budget and stops reading.
            tokio::time::timeout(TIMEOUT, stream.read_u64())
                .await
                .expect("in time")
                .expect("a head");
        }
        readers.push(stream);
    }
    for reader in &mut readers[1..] {
        // The others wait for the budget.
        assert!(tokio::time::timeout(Duration::from_millis(5), reader.read_u8()).await.is_err());
    }
    let begin = Instant::now();
    for path in ["/api/stats", "/api/services", "/api/traces", "/api/topology"] {
        assert_eq!(get(http, path).await.status, 200, "{path}");
    }

    assert!(begin.elapsed() < SLACK, "{:?}", begin.elapsed());
}
