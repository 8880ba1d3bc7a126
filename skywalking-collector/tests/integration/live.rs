//! The live stream.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use skywalking_collector::Collector;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, sink};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{
    COLLECT, TIMEOUT, builder, encoded, error_text, get, now, scenario, send, small, start,
};

/// A client of the live stream.
pub(crate) struct Live {
    stream: BufReader<TcpStream>,
    /// What was read of the body and is not returned yet.
    text: Vec<u8>,
}

impl Live {
    pub(crate) async fn open(http: SocketAddr, query: &str) -> Self {
        let mut stream = TcpStream::connect(http).await.expect("the collector listens");
        ask_for_stream(&mut stream, http, query).await;
        let mut live = Self { stream: BufReader::new(stream), text: Vec::new() };
        let mut head = String::new();
        while live.head_line(&mut head).await > 2 {}
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("content-type: application/x-ndjson\r\n"), "{head}");
        live
    }

    async fn head_line(&mut self, head: &mut String) -> usize {
        let read = tokio::time::timeout(TIMEOUT, self.stream.read_line(head)).await;
        read.expect("in time").expect("an open connection")
    }

    /// Reads a chunk of the body. Returns `false` at its end.
    async fn read_chunk(&mut self) -> bool {
        let mut size = String::new();
        self.head_line(&mut size).await;
        let size = usize::from_str_radix(size.trim_end(), 16).expect("the size of a chunk");
        let mut chunk = vec![0; size + 2];
        self.stream.read_exact(&mut chunk).await.expect("a whole chunk");
        self.text.extend_from_slice(&chunk[..size]);
        size > 0
    }

    /// Returns the next line, or `None` at the end.
    async fn line(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.text.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("JSON"));
            }
            if !self.read_chunk().await {
                return None;
            }
        }
    }

    /// Returns the next line of this type.
    pub(crate) async fn next(&mut self, kind: &str) -> Value {
        loop {
            let line = self.line().await.expect("an open stream");
            if line["type"] == kind {
                return line;
            }
        }
    }
}

async fn report(collector: &Collector, ids: impl IntoIterator<Item = String>) {
    let segments: Vec<_> = ids.into_iter().map(|id| small(&id, &id)).collect();
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
}

#[tokio::test]
async fn trace_is_sent_when_it_arrives_and_when_it_grows() {
    let collector = start().await;
    report(&collector, ["before".to_owned()]).await;
    let mut live = Live::open(collector.http_addr(), "").await;
    let first = live.next("stats").await;

    assert_eq!((&first["stats"]["tracesStored"], &first["cursor"]), (&json!(1), &json!(1)));
    assert_eq!(first["rates"], json!({ "segmentsPerSecond": 0.0, "spansPerSecond": 0.0 }));

    let [client, server] = scenario("t", now());
    for (segment, spans) in [(server, 2), (client, 4)] {
        send(collector.grpc_addr(), COLLECT, encoded([&segment])).await.expect("accepted");
        let trace = live.next("trace").await;
        assert_eq!(
            (&trace["trace"]["traceId"], &trace["trace"]["spans"]),
            (&json!("t"), &json!(spans))
        );
    }

    let last = live.next("stats").await;

    assert_eq!(last["cursor"], json!(3));
    assert!(last["rates"]["spansPerSecond"].as_f64() > Some(0.0), "{last}");
}

#[tokio::test]
async fn cursor_resumes_and_filters_apply() {
    let collector = start().await;
    report(&collector, ["a".to_owned(), "b".to_owned(), "c".to_owned()]).await;
    let http = collector.http_addr();
    let mut resumed = Live::open(http, "?cursor=1").await;

    assert_eq!(resumed.next("trace").await["trace"]["traceId"], json!("b"));
    assert_eq!(resumed.next("trace").await["trace"]["traceId"], json!("c"));

    // The cursor of a collector that was restarted.
    let mut restarted = Live::open(http, "?cursor=4&service=small").await;

    assert_eq!(restarted.next("trace").await["trace"]["traceId"], json!("a"));

    let mut filtered = Live::open(http, "?cursor=0&service=RTS_Test").await;
    send(collector.grpc_addr(), COLLECT, encoded(&scenario("t", now()))).await.expect("accepted");

    assert_eq!(filtered.next("trace").await["trace"]["traceId"], json!("t"));
}

#[tokio::test]
async fn more_than_200_traces_a_second_are_counted() {
    let collector = start().await;
    report(&collector, (0..500).map(|at| format!("t{at}"))).await;
    let mut live = Live::open(collector.http_addr(), "?cursor=0").await;
    for at in 300..500 {
        assert_eq!(live.next("trace").await["trace"]["traceId"], json!(format!("t{at}")));
    }

    assert_eq!(live.line().await, Some(json!({ "type": "gap", "omitted": 300 })));
}

#[tokio::test]
async fn stream_ends_at_shutdown() {
    let collector = start().await;
    let mut live = Live::open(collector.http_addr(), "").await;
    live.next("stats").await;
    let shutdown = tokio::spawn(collector.shutdown());
    while let Some(line) = live.line().await {
        assert_eq!(line["type"], json!("stats"));
    }

    shutdown.await.expect("no panic");
}

#[tokio::test]
async fn reading_client_outlives_the_timeouts() {
    let short = Duration::from_secs(3);
    let collector = builder().response_timeout(short).idle_timeout(short).request_timeout(short);
    let collector = collector.start().await.expect("free ports");
    let mut live = Live::open(collector.http_addr(), "").await;
    for _ in 0..5 {
        live.next("stats").await;
    }
    report(&collector, ["t".to_owned()]).await;

    assert_eq!(live.next("trace").await["trace"]["traceId"], json!("t"));
}

#[tokio::test]
async fn streams_are_limited_and_freed() {
    let collector = start().await;
    let http = collector.http_addr();
    let mut open = Vec::new();
    for _ in 0..32 {
        open.push(Live::open(http, "").await);
    }
    let error = error_text(&get(http, "/api/live").await, 503);

    assert!(error.contains("32 live streams are open"), "{error}");

    drop(open);
    let freed = async { while !opens(http).await {} };
    tokio::time::timeout(TIMEOUT, freed).await.expect("closed streams are freed");
}

/// Asks for one more stream. Returns false if the collector refuses it.
async fn opens(http: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(http).await.expect("the collector listens");
    ask_for_stream(&mut stream, http, "").await;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.expect("a status line");
    &status == b"HTTP/1.1 200"
}

async fn ask_for_stream(stream: &mut TcpStream, http: SocketAddr, query: &str) {
    let request = format!("GET /api/live{query} HTTP/1.1\r\nHost: {http}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("an open connection");
}

/// Opens a stream and never reads.
async fn open_silent(http: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut silent = socket.connect(http).await.expect("the collector listens");
    ask_for_stream(&mut silent, http, "").await;
    silent
}

#[tokio::test(flavor = "multi_thread")]
async fn client_that_never_reads_is_closed() {
    let collector = builder().response_timeout(Duration::from_secs(2)).start().await;
    let collector = collector.expect("free ports");
    let http = collector.http_addr();
    let silent = open_silent(http).await;
    let mut reading = Live::open(http, "").await;
    for _ in 2..32 {
        let mut other = Live::open(http, "").await;
        tokio::spawn(async move { tokio::io::copy(&mut other.stream, &mut sink()).await });
    }
    // The buffers of the system fill up with long lines.
    let freed = async {
        for second in 0.. {
            let segments: Vec<_> = (0..200)
                .map(|at| {
                    let id = format!("{second}.{at}.{}", "\u{1f980}".repeat(130));
                    let mut segment = small(&id, &id);
                    segment.service = "\u{1f980}".repeat(35);
                    segment.spans[0].operation_name = "\u{1f980}".repeat(256);
                    segment
                })
                .collect();
            send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
            let last = format!("{second}.");
            while !reading.next("trace").await["trace"]["traceId"]
                .as_str()
                .is_some_and(|id| id.starts_with(&last))
            {}
            reading.next("stats").await;
            if opens(http).await {
                return;
            }
        }
    };
    tokio::time::timeout(TIMEOUT * 2, freed).await.expect("the silent client is closed");
    drop(silent);
}

#[tokio::test]
async fn invalid_parameters_of_the_stream_are_400() {
    let collector = start().await;
    for (query, part) in [
        ("cursor=now", r#"invalid cursor="now": expected `cursor` of a line before"#),
        ("limit=5", r#"unknown parameter "limit""#),
    ] {
        let response = get(collector.http_addr(), &format!("/api/live?{query}")).await;
        let error = error_text(&response, 400);
        assert!(error.contains(part), "{query}: {error}");
    }
}
