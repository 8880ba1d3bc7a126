//! Servers that write HTTP/2 frames by hand: one that answers before it reads, and one whose answer
//! never ends.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::*;
use crate::report::transport::Call;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PATIENCE: Duration = Duration::from_secs(30);
/// The bytes of the smallest batch, which the operating system accepts at once.
const SMALLEST: usize = 100_000;

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
}

fn header(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}

fn head() -> Vec<u8> {
    frame(
        HEADERS,
        END_HEADERS,
        1,
        &[header(":status", "200"), header("content-type", "application/grpc")].concat(),
    )
}

fn trailers(status: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, 1, &header("grpc-status", status))
}

fn whole_answer() -> Vec<u8> {
    [head(), frame(DATA, 0, 1, &[0; 5]), trailers("0"), frame(RST_STREAM, 0, 1, &[0; 4])].concat()
}

/// Reads a frame. Returns its kind and its length.
async fn read_frame(stream: &mut TcpStream) -> std::io::Result<(u8, usize)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
    stream.read_exact(&mut vec![0; length]).await?;
    Ok((head[3], length))
}

/// The window of a connection and of a stream, unless the server enlarges it.
const WINDOW: usize = 65_535;

/// Accepts a connection and leaves its windows as they are.
async fn accept_with_window(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    stream.read_exact(&mut [0; 24]).await.unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    stream
}

/// Reads until the client has used the window of the connection.
async fn read_window(stream: &mut TcpStream) {
    let mut received = 0;
    while received < WINDOW {
        let (kind, length) = read_frame(stream).await.unwrap();
        received += if kind == DATA { length } else { 0 };
    }
}

/// Accepts a connection with the largest windows, and reads up to the head of the call.
async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    stream.read_exact(&mut [0; 24]).await.unwrap();
    let settings = frame(SETTINGS, 0, 0, &[&[0, 4], &0x7fff_ffff_u32.to_be_bytes()[..]].concat());
    let window = frame(WINDOW_UPDATE, 0, 0, &0x7ffe_ffff_u32.to_be_bytes());
    stream.write_all(&[settings, window].concat()).await.unwrap();
    while read_frame(&mut stream).await.unwrap().0 != HEADERS {}
    stream
}

/// Sends a batch of this many bytes to a server that answers before it reads. Returns whether the
/// batch counts as sent, and how many bytes arrived.
async fn send_to_hasty(bytes: usize) -> (bool, usize) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut grpc = transport(address);
    let streams = grpc.channels.next(&address.into()).wire().1.clone();
    let (answer, answered) = oneshot::channel();
    let server = tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        // The operating system accepts this much at once. The assertions hold if it accepts more.
        while streams.bytes() < SMALLEST {
            tokio::task::yield_now().await;
        }
        stream.write_all(&whole_answer()).await.unwrap();
        answered.await.unwrap();
        let mut came = 0;
        while let Ok((kind, length)) = read_frame(&mut stream).await {
            came += if kind == DATA { length } else { 0 };
        }
        came
    });
    let flight = Flight::default();
    let messages = vec![Bytes::from(vec![b'x'; 8 * 1024]); bytes.div_ceil(8 * 1024)];
    let call = grpc.send(Messages::new(Signal::Segments, messages, flight.clone()));
    assert_eq!(timeout(PATIENCE, call).await.unwrap(), Outcome::Taken);
    answer.send(()).unwrap();
    drop(grpc);
    (flight.is_handed_over(), timeout(PATIENCE, server).await.unwrap().unwrap())
}

#[tokio::test]
async fn only_a_written_batch_counts_as_sent() {
    let mut calls = tokio::task::JoinSet::new();
    // The smallest batch is written at once. Parts of the larger ones are in the buffers of the
    // operating system and of the connection.
    for step in 0..20 {
        let bytes = SMALLEST + step * 250_000;
        calls.spawn(async move { (bytes, send_to_hasty(bytes).await) });
    }
    while let Some(call) = calls.join_next().await {
        let (bytes, (counted, came)) = call.unwrap();
        assert!(!counted || came >= bytes, "{came} bytes of {bytes} came");
        assert!(counted || bytes > SMALLEST);
    }
}

#[tokio::test]
async fn endless_answer_is_cut_off() {
    let interim = frame(HEADERS, END_HEADERS, 1, &header(":status", "103"));
    for (first, endless) in [
        (head(), frame(DATA, 0, 1, &[0; 5])),
        (Vec::new(), interim),
        (Vec::new(), frame(SETTINGS, 0, 0, &[])),
    ] {
        let (listener, address) = listener().await;
        let mut grpc = transport(address);
        let server = tokio::spawn(async move {
            let mut stream = accept(&listener).await;
            let (_reader, mut writer) = stream.split();
            let (endless, mut left) = (endless.repeat(1_000), 0_usize);
            writer.write_all(&first).await.unwrap();
            while writer.write_all(&endless).await.is_ok() {
                left += endless.len();
            }
            left
        });
        let call = grpc.send(Messages::new(Signal::Segments, batch(&["a"]), Flight::default()));
        let outcome = timeout(PATIENCE, call).await.expect("the answer is cut off");
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
        drop(grpc);
        let left = timeout(PATIENCE, server).await.unwrap().unwrap();
        // Bytes that the agent reads, and bytes in the operating system's buffers.
        assert!(left < 16 * 1024 * 1024, "{left} bytes");
    }
}

/// Sends a batch to a server with this answer.
async fn send_for(answer: Vec<u8>) -> Outcome {
    let flight = Flight::default();
    let messages = Messages::new(Signal::Segments, batch(&["a"]), flight.clone());
    let outcome = answered(answer, |grpc| grpc.send(messages)).await;
    assert!(!flight.revoke(), "the batch was sent");
    outcome
}

/// Makes a call to a server with this answer.
async fn answered(answer: Vec<u8>, call: impl FnOnce(&mut Grpc) -> Call) -> Outcome {
    let (listener, address) = listener().await;
    let mut grpc = transport(address);
    let server = tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        stream.write_all(&answer).await.unwrap();
        while read_frame(&mut stream).await.is_ok() {}
    });
    let outcome = timeout(PATIENCE, call(&mut grpc)).await.unwrap();
    drop(grpc);
    timeout(PATIENCE, server).await.unwrap().unwrap();
    outcome
}

#[tokio::test]
async fn answer_over_4_mb_does_not_count_as_refusal() {
    let length = 5 * 1024 * 1024_u32;
    let message = [&[0], &length.to_be_bytes()[..], &[0; 100]].concat();
    let outcome = send_for([head(), frame(DATA, 0, 1, &message)].concat()).await;
    let Outcome::Failed(problem) = outcome else { panic!("{outcome:?}") };
    assert!(problem.contains("too large"), "{problem}");
}

#[tokio::test]
async fn status_in_trailers_is_refusal() {
    let out_of_range = [head(), trailers("11")].concat();
    let outcome = send_for(out_of_range).await;
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

/// Answers from which no status of the server can be read. None confirms that anything is stored.
fn without_status() -> [(&'static str, Vec<u8>); 8] {
    let message = |flags, payload: &[u8]| frame(DATA, flags, 1, payload);
    let more_head = |name, value| {
        let fields = [
            header(":status", "200"),
            header("content-type", "application/grpc"),
            header(name, value),
        ];
        frame(HEADERS, END_HEADERS, 1, &fields.concat())
    };
    let other_trailers = frame(HEADERS, END_HEADERS | END_STREAM, 1, &header("grpc-message", "no"));
    let reset = |reason| frame(RST_STREAM, 0, 1, &[0, 0, 0, reason]);
    [
        ("no trailers", [head(), message(END_STREAM, &[0; 5])].concat()),
        ("no status in the trailers", [head(), message(0, &[0; 5]), other_trailers].concat()),
        ("no message and no trailers", [head(), message(END_STREAM, &[])].concat()),
        (
            "unknown compression",
            [more_head("grpc-encoding", "zpaq"), message(0, &[1, 0, 0, 0, 0]), trailers("0")]
                .concat(),
        ),
        ("broken frame", [head(), message(0, &[7; 5]), trailers("0")].concat()),
        ("half of a message", [head(), message(0, &[0, 0, 0, 0, 9, 1]), trailers("0")].concat()),
        ("reset after the head", [head(), reset(0)].concat()),
        ("reset after the message", [head(), message(0, &[0; 5]), reset(8)].concat()),
    ]
}

#[tokio::test]
async fn answer_without_status_confirms_nothing() {
    for (name, answer) in without_status() {
        let outcome = send_for(answer.clone()).await;
        assert!(matches!(outcome, Outcome::Failed(_)), "{name}: {outcome:?}");
        for message in [ManagementMessage::Properties, ManagementMessage::KeepAlive] {
            let outcome = answered(answer.clone(), |grpc| grpc.send_management(message)).await;
            assert!(matches!(outcome, Outcome::Failed(_)), "{name}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn end_of_a_batch_needs_no_window() {
    let (listener, address) = listener().await;
    let mut grpc = transport(address);
    // With its head of 5 bytes, the batch is as long as the window, which this server never enlarges.
    let messages = vec![Bytes::from(vec![b'x'; WINDOW - 5])];
    let call =
        tokio::spawn(grpc.send(Messages::new(Signal::Segments, messages, Flight::default())));
    let mut stream = accept_with_window(&listener).await;
    let ended = async {
        let mut head = [0; 9];
        loop {
            stream.read_exact(&mut head).await.unwrap();
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            stream.read_exact(&mut vec![0; length]).await.unwrap();
            if head[3] == DATA && head[4] & END_STREAM != 0 {
                return;
            }
        }
    };
    timeout(PATIENCE, ended).await.expect("the end of the stream");
    stream.write_all(&whole_answer()).await.unwrap();
    assert_eq!(timeout(PATIENCE, call).await.unwrap().unwrap(), Outcome::Taken);
}

/// A server that answers a second call with `last` while the first one is open, and then answers
/// the first one. Returns both outcomes.
async fn two_calls(last: Vec<u8>) -> (Outcome, Outcome) {
    let (listener, address) = listener().await;
    let mut grpc = transport(address);
    let server = tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        while read_frame(&mut stream).await.unwrap().0 != HEADERS {}
        stream.write_all(&last).await.unwrap();
        stream
            .write_all(&[head(), frame(DATA, 0, 1, &[0; 5]), trailers("0")].concat())
            .await
            .unwrap();
        while read_frame(&mut stream).await.is_ok() {}
    });
    let mut send = || grpc.send(Messages::new(Signal::Segments, batch(&["a"]), Flight::default()));
    let (first, second) = (send(), send());
    let outcomes = timeout(PATIENCE, async { tokio::join!(first, second) }).await.unwrap();
    drop(grpc);
    timeout(PATIENCE, server).await.unwrap().unwrap();
    outcomes
}

#[tokio::test]
async fn call_that_the_server_states_as_unprocessed_can_be_sent_again() {
    let refused = frame(RST_STREAM, 0, 3, &[0, 0, 0, 7]);
    let going_away = frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0]);
    for last in [refused, going_away] {
        let (first, second) = two_calls(last).await;
        assert_eq!(first, Outcome::Taken);
        assert!(matches!(second, Outcome::Unprocessed(_)), "{second:?}");
    }
}

#[tokio::test]
async fn call_that_the_server_may_have_processed_cannot_be_sent_again() {
    let cancelled = frame(RST_STREAM, 0, 3, &[0, 0, 0, 8]);
    let (first, second) = two_calls(cancelled).await;
    assert_eq!(first, Outcome::Taken);
    assert!(matches!(second, Outcome::Failed(_)), "{second:?}");
    // Its last stream is the second call, and the connection ends without an answer to it.
    let going_away = frame(GOAWAY, 0, 0, &[0, 0, 0, 3, 0, 0, 0, 0]);
    let (listener, address) = listener().await;
    let mut grpc = transport(address);
    tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        while read_frame(&mut stream).await.unwrap().0 != HEADERS {}
        stream.write_all(&going_away).await.unwrap();
    });
    let mut send = || grpc.send(Messages::new(Signal::Segments, batch(&["a"]), Flight::default()));
    let (first, second) = (send(), send());
    let outcomes = timeout(PATIENCE, async { tokio::join!(first, second) }).await.unwrap();
    for outcome in [outcomes.0, outcomes.1] {
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    }
}

#[tokio::test]
async fn call_after_goaway_or_a_close_opens_another_connection() {
    // nginx does the first after 1000 calls, proxies the second to idle connections.
    let going_away = frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0]);
    for (last, closes) in [(going_away, false), (Vec::new(), true)] {
        let (listener, address) = listener().await;
        let mut grpc = transport(address);
        let mut open = Vec::new();
        for _ in 0..3 {
            let answer = async {
                let mut stream = accept(&listener).await;
                let answer =
                    [head(), frame(DATA, 0, 1, &[0; 5]), trailers("0"), last.clone()].concat();
                stream.write_all(&answer).await.unwrap();
                stream
            };
            let call = grpc.send(Messages::new(Signal::Segments, batch(&["a"]), Flight::default()));
            let both = async { tokio::join!(call, answer) };
            let (outcome, stream) = timeout(PATIENCE, both).await.unwrap();
            assert_eq!(outcome, Outcome::Taken);
            open.extend((!closes).then_some(stream));
            // Until the connection's task has read the end.
            let seen = async {
                while grpc.channels.keeps_open() {
                    tokio::task::yield_now().await;
                }
            };
            timeout(PATIENCE, seen).await.unwrap();
        }
    }
}

#[tokio::test]
async fn second_connection_opens_when_the_window_limits_the_first() {
    let (listener, address) = listener().await;
    let mut grpc = transport(address);
    // More than the window of a connection, which this server never enlarges.
    let large = vec![Bytes::from(vec![b'x'; 16 * 1024]); 8];
    let mut send =
        |messages| grpc.send(Messages::new(Signal::Segments, messages, Flight::default()));
    let first = tokio::spawn(send(large));
    let mut stream = accept_with_window(&listener).await;
    read_window(&mut stream).await;
    let second = tokio::spawn(send(batch(&["b"])));
    let mut other = accept_with_window(&listener).await;
    while read_frame(&mut other).await.unwrap().0 != HEADERS {}
    other.write_all(&[head(), frame(DATA, 0, 1, &[0; 5]), trailers("0")].concat()).await.unwrap();
    assert_eq!(timeout(PATIENCE, second).await.unwrap().unwrap(), Outcome::Taken);
    assert!(!first.is_finished());
    first.abort();
}

#[tokio::test]
async fn second_connection_that_is_refused_leaves_the_first_in_use() {
    let (listener, address) = listener().await;
    let mut grpc = transport(address);
    // More than the window of a connection.
    let large = vec![Bytes::from(vec![b'x'; 16 * 1024]); 8];
    let mut send =
        |messages| grpc.send(Messages::new(Signal::Segments, messages, Flight::default()));
    let first = tokio::spawn(send(large));
    let mut stream = accept_with_window(&listener).await;
    read_window(&mut stream).await;
    drop(listener);
    let second = tokio::spawn(send(batch(&["b"])));
    // The call is stream 3 of the first connection.
    while timeout(PATIENCE, read_frame(&mut stream)).await.unwrap().unwrap().0 != HEADERS {}
    let fields = [header(":status", "200"), header("content-type", "application/grpc")].concat();
    let answer = [
        frame(HEADERS, END_HEADERS, 3, &fields),
        frame(DATA, 0, 3, &[0; 5]),
        frame(HEADERS, END_HEADERS | END_STREAM, 3, &header("grpc-status", "0")),
    ];
    stream.write_all(&answer.concat()).await.unwrap();
    assert_eq!(timeout(PATIENCE, second).await.unwrap().unwrap(), Outcome::Taken);
    assert!(!first.is_finished());
    first.abort();
}
