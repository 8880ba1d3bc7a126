//! Many clients of the live stream, which never read.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::program::Program;
use crate::{ATTACK, MIB, raw};

const MAX_BYTES: usize = 8 * MIB;
/// Each silent client holds the lines that it has not read: at most 200 traces.
const MAX_IN_FLIGHT: usize = 64 * MIB;
/// The memory of the program with full limits, its threads and its connections included.
const MAX_MEMORY: usize = 3 * MAX_BYTES + MAX_IN_FLIGHT + 32 * MIB;
/// Streams at a time.
const STREAMS: usize = 32;

/// The number of connections to open: thousands, if this process may have so many files.
fn many() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").expect("limits");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    soft.unwrap_or(usize::MAX).saturating_sub(200).min(3_000)
}

async fn open(program: &Program) -> TcpStream {
    let mut stream = TcpStream::connect(program.http).await.expect("the program listens");
    let request = b"GET /api/live?cursor=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    // The program may close the connection at once.
    let _ = stream.write_all(request).await;
    stream
}

/// Reads until a line contains the text.
async fn read_until(stream: &mut BufReader<TcpStream>, text: &str) {
    let mut line = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&line).contains(text) {
            line.clear();
            let read = stream.read_until(b'\n', &mut line).await;
            assert!(read.is_ok_and(|length| length > 0), "the stream has ended");
        }
    };
    tokio::time::timeout(raw::TIMEOUT * 2, read).await.expect("in time");
}

/// Reports traces with long texts in one request.
async fn report(program: &Program, name: &str, count: usize) {
    let long = "x".repeat(250);
    let segment = |at: usize| {
        format!(
            r#"{{"traceId":"{name}.{at}","traceSegmentId":"{name}.{at}","service":"{name}","serviceInstance":"i","spans":[{{"spanId":0,"parentSpanId":-1,"startTime":1700000000000,"endTime":1700000000009,"operationName":"{long}","isError":true,"tags":[{{"key":"http.status_code","value":"{long}"}}]}}]}}"#
        )
    };
    let body = format!("[{}]", (0..count).map(segment).collect::<Vec<_>>().join(","));
    let request = raw::post("/v3/segments", "Content-Type: application/json\r\n", body.as_bytes());
    let response = raw::exchange(program.http, &request, false).await.expect("a response");
    assert!(response.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&response));
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_live_clients_hold_no_memory() {
    let _alone = ATTACK.lock().await;
    let program = Program::start(
        None,
        &[format!("--max-bytes={MAX_BYTES}"), format!("--max-in-flight={MAX_IN_FLIGHT}")],
    );
    let mut silent = Vec::new();
    for _ in 1..STREAMS {
        silent.push(open(&program).await);
    }
    let mut reading = BufReader::new(open(&program).await);
    read_until(&mut reading, "\"stats\"").await;
    for round in 0..10 {
        report(&program, &format!("t{round}"), 500).await;
    }
    read_until(&mut reading, "\"t9.").await;

    let stats = program.query("/api/stats").await;
    assert_eq!(stats["segmentsAccepted"], 5_000);
    drop(silent);

    // Most of them are refused or closed. The program goes on.
    let mut many_streams = Vec::new();
    for _ in 0..many() {
        many_streams.push(open(&program).await);
    }
    report(&program, "last", 500).await;
    assert_eq!(program.query("/api/stats").await["segmentsAccepted"], 5_500);
    drop(many_streams);
    drop(reading);
    // The streams end when the program notices, and then there is a place.
    let freed = async {
        loop {
            let mut stream = BufReader::new(open(&program).await);
            let mut line = String::new();
            if stream.read_line(&mut line).await.is_ok() && line.starts_with("HTTP/1.1 200") {
                return;
            }
        }
    };
    tokio::time::timeout(raw::TIMEOUT * 2, freed).await.expect("a place for a stream");

    let peak = program.peak();
    println!("peak of the memory: {} MiB", peak / MIB);
    assert!(peak < MAX_MEMORY, "{} MiB", peak / MIB);
    assert_eq!(program.end(), "");
}
