//! Tests the transport against a server on this machine with a given answer: what arrives, what a
//! status means, and what a broken connection does.

mod backend;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use self::backend::{Backend, listener, request};
use super::{Http, lock};
use crate::config::{Address, Belonging, Config, Token};
use crate::management::{ManagementMessage, properties};
use crate::report::accounts::Flight;
use crate::report::signal::Signal;
use crate::report::transport::{Messages, Outcome, Transport};
use crate::tracer::Identity;
use crate::transports::dial::Dialler;
use crate::transports::token::TokenSource;

fn transport(backend: SocketAddr) -> Http {
    let messages = properties::Messages::new(Identity::new("svc", "one"), Belonging::default());
    Http::new(
        vec![Address::from(backend)],
        Dialler::default(),
        TokenSource::Fixed(Token::new("s3cret".to_owned()).unwrap()),
        messages,
    )
    .unwrap()
}

fn batch(flight: &Flight) -> Messages {
    Messages::new(
        Signal::Segments,
        vec![Bytes::from_static(b"{\"a\":1}"), Bytes::from_static(b"{}")],
        flight.clone(),
    )
}

const GOOD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/protobuf\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn calls_are_posts_of_json_over_one_connection() {
    let backend = Backend::new(GOOD);
    let mut http = transport(backend.start().await);
    assert_eq!(http.send_management(ManagementMessage::Properties).await, Outcome::Taken);
    assert_eq!(http.send_management(ManagementMessage::KeepAlive).await, Outcome::Taken);
    assert_eq!(http.send(batch(&Flight::default())).await, Outcome::Taken);
    let seen = backend.seen();
    let [properties, ping, segments] = &seen[..] else { panic!("{seen:?}") };
    let start = "1: POST /v3/management/reportProperties HTTP/1.1 | application/json | s3cret | \
                 {\"service\":\"svc\",\"serviceInstance\":\"one\",\"properties\":[{\"key\":\"language\",\"value\":\"rust\"},";
    assert!(properties.starts_with(start), "{properties}");
    let expected = "1: POST /v3/management/keepAlive HTTP/1.1 | application/json | s3cret | {\"service\":\"svc\",\"serviceInstance\":\"one\"}";
    assert_eq!(ping, expected);
    assert_eq!(
        segments,
        "1: POST /v3/segments HTTP/1.1 | application/json | s3cret | [{\"a\":1},{}]"
    );
}

#[tokio::test]
async fn status_is_an_answer_unless_a_proxy_sent_it() {
    const OTHER_TOKEN: &str = "the token given by `Config::token`, SW_AGENT_AUTHENTICATION or SW_AGENT_AUTHENTICATION_FILE is not the backend's";
    let refused = |text: &str| Outcome::Refused(format!("HTTP status {text}"));
    let failed = |text: &str| Outcome::Failed(format!("HTTP status {text}"));
    for (answer, expected) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", Outcome::Taken),
        (
            "HTTP/1.1 401 -\r\ncontent-length: 10\r\n\r\nno: s3cret",
            refused(&format!("401 Unauthorized: no: <hidden> ({OTHER_TOKEN})")),
        ),
        (
            "HTTP/1.1 403 -\r\ncontent-length: 0\r\n\r\n",
            refused(&format!("403 Forbidden ({OTHER_TOKEN})")),
        ),
        ("HTTP/1.1 400 -\r\ncontent-length: 3\r\n\r\n\x1b[2", refused("400 Bad Request: _[2")),
        (
            "HTTP/1.1 413 -\r\ncontent-length: 0\r\n\r\n",
            Outcome::TooLarge("HTTP status 413 Payload Too Large".to_owned()),
        ),
        ("HTTP/1.1 500 -\r\ncontent-length: 0\r\n\r\n", refused("500 Internal Server Error")),
        (
            "HTTP/1.1 429 -\r\ncontent-length: 0\r\n\r\n",
            Outcome::Overloaded("HTTP status 429 Too Many Requests".to_owned()),
        ),
        ("HTTP/1.1 503 -\r\ncontent-length: 0\r\n\r\n", failed("503 Service Unavailable")),
        (
            "HTTP/1.1 301 -\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n",
            failed("301 Moved Permanently"),
        ),
    ] {
        let address = Backend::new(answer).start().await;
        let flight = Flight::default();
        assert_eq!(transport(address).send(batch(&flight)).await, expected);
        assert!(!flight.revoke(), "the batch was sent");
    }
}

#[tokio::test]
async fn server_without_http_has_not_answered() {
    // The beginning of HTTP/2, as on a port for gRPC.
    let address = Backend::new("\0\0\u{6}\u{4}\0\0\0\0\0\0\u{5}\0\0@\0").start().await;
    let outcome = transport(address).send_management(ManagementMessage::Properties).await;
    assert!(
        matches!(&outcome, Outcome::Failed(problem) if problem.contains("invalid HTTP")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn endless_answer_is_a_failure_and_is_not_read_on() {
    let pieces = [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
        "HTTP/1.1 199 -\r\n\r\n",
        "x-header: 1\r\n",
    ];
    for piece in pieces {
        let (listener, address) = listener().await;
        let written = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            request(&mut stream).await.unwrap();
            if piece.starts_with("x-") {
                stream.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
            }
            let many = piece.repeat(1_000);
            let mut written = 0;
            while stream.write_all(many.as_bytes()).await.is_ok() {
                written += many.len();
            }
            written
        });
        let mut http = transport(address);
        let call = http.send_management(ManagementMessage::Properties);
        let outcome = tokio::time::timeout(std::time::Duration::from_secs(60), call)
            .await
            .expect("the call ends");
        assert!(matches!(&outcome, Outcome::Failed(_)), "{outcome:?}");
        // Plus the bytes in the operating system's buffers.
        assert!(written.await.unwrap() < 32 * 1024 * 1024);
    }
}

#[tokio::test]
async fn call_after_a_long_answer_has_the_whole_limit() {
    // Interim answers, and text up to the limit of what is read.
    let answer = format!(
        "{}HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n{}",
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(4_000),
        "x".repeat(60_000)
    );
    let mut http = transport(Backend::new(Box::leak(answer.into_boxed_str())).start().await);
    for _ in 0..20 {
        assert_eq!(http.send_management(ManagementMessage::KeepAlive).await, Outcome::Taken);
    }
}

#[tokio::test]
async fn batch_survives_an_absent_backend_and_arrives_later() {
    let (listener, address) = listener().await;
    drop(listener);
    let mut http = transport(address);
    let flight = Flight::default();
    let outcome = http.send(batch(&flight)).await;
    assert!(
        matches!(&outcome, Outcome::Failed(problem) if problem.contains("refused")),
        "{outcome:?}"
    );
    assert!(flight.revoke(), "nothing was sent");

    let backend = Backend::new(GOOD);
    backend.clone().serve(TcpListener::bind(address).await.unwrap());
    http.next_backend();
    assert_eq!(http.send(batch(&Flight::default())).await, Outcome::Taken);
    assert_eq!(backend.seen().len(), 1);
}

#[tokio::test]
async fn connection_cut_in_the_body_leaves_the_batch_unconfirmed() {
    let (listener, address) = listener().await;
    let cut = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = vec![0; 32 * 1024];
        stream.read_exact(&mut some).await.unwrap();
    });
    let flight = Flight::default();
    // More than any buffer of the operating system.
    let messages = Messages::new(
        Signal::Segments,
        vec![Bytes::from(vec![b'x'; 1024 * 1024]); 16],
        flight.clone(),
    );
    let outcome = transport(address).send(messages).await;
    cut.await.unwrap();
    assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    assert!(!flight.revoke(), "a part was sent");
}

#[tokio::test]
async fn answer_before_the_body_was_sent_confirms_nothing() {
    for answer in [GOOD, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"] {
        let (listener, address) = listener().await;
        let answered = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut [0; 16]).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            // Kept open without reading further.
            (stream, listener)
        });
        let mut http = transport(address);
        let flight = Flight::default();
        // More than any buffer of the operating system.
        let messages = Messages::new(
            Signal::Segments,
            vec![Bytes::from(vec![b'x'; 1024 * 1024]); 16],
            flight.clone(),
        );
        assert_eq!(http.send(messages).await, Outcome::Taken);
        assert!(!flight.is_handed_over() && !flight.revoke());
        assert!(lock(&http.kept).is_empty(), "the connection cannot be reused");
        drop(answered.await.unwrap());
    }
    let address = Backend::new(GOOD).start().await;
    let flight = Flight::default();
    assert_eq!(transport(address).send(batch(&flight)).await, Outcome::Taken);
    assert!(flight.is_handed_over());
}

#[tokio::test]
async fn answer_counts_although_the_rest_cannot_be_written() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 1_024]).await.unwrap();
        let answer = b"HTTP/1.1 413 -\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        // Dropped with unread bytes, so the operating system resets the connection.
    });
    let large = vec![Bytes::from(vec![b' '; 1024 * 1024]); 16];
    let outcome =
        transport(address).send(Messages::new(Signal::Segments, large, Flight::default())).await;
    assert_eq!(outcome, Outcome::TooLarge("HTTP status 413 Payload Too Large".to_owned()));
}

#[tokio::test]
async fn revoked_batch_sends_no_segment() {
    let (listener, address) = listener().await;
    let flight = Flight::default();
    let call = transport(address).send(batch(&flight));
    assert!(flight.revoke());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut all = String::new();
        let _ = stream.read_to_string(&mut all).await;
        all
    });
    let outcome = call.await;
    assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    let heard = heard.await.unwrap();
    assert!(heard.is_empty() || heard.ends_with("\r\n\r\n"), "no body: {heard}");
}

#[tokio::test]
async fn dropped_call_closes_its_connection() {
    let (listener, address) = listener().await;
    let http = &mut transport(address);
    let mut call = http.send_management(ManagementMessage::Properties);
    let mut stream = tokio::select! {
        outcome = &mut call => panic!("the server does not answer: {outcome:?}"),
        accepted = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            request(&mut stream).await.unwrap();
            stream
        } => accepted,
    };
    drop(call);
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0, "it is closed");
    assert!(lock(&http.kept).is_empty());
}

#[tokio::test]
async fn connection_that_the_backend_closed_is_not_reused() {
    let (listener, address) = listener().await;
    let mut http = transport(address);
    for _ in 0..3 {
        let answer = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            request(&mut stream).await.unwrap();
            stream.write_all(GOOD.as_bytes()).await.unwrap();
            stream
        };
        let (outcome, stream) =
            tokio::join!(http.send_management(ManagementMessage::KeepAlive), answer);
        assert_eq!(outcome, Outcome::Taken);
        drop(stream);
        // Not a sleep: the connection's task sees the end as soon as it runs.
        let mut kept = lock(&http.kept).pop().expect("kept");
        while kept.is_ready().await {
            tokio::task::yield_now().await;
        }
        lock(&http.kept).push(kept);
    }
}

#[tokio::test]
async fn next_backend_cycles_through_the_list() {
    let messages = properties::Messages::new(Identity::new("svc", "one"), Belonging::default());
    let backends = ["127.0.0.1:1", "[::1]:2"]
        .map(|address| Address::from(address.parse::<SocketAddr>().unwrap()));
    let mut http =
        Http::new(backends.to_vec(), Dialler::default(), TokenSource::None, messages).unwrap();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(http.address());
        http.next_backend();
    }
    assert_eq!(
        (seen, http.addresses()),
        (vec!["127.0.0.1:1".to_owned(), "[::1]:2".to_owned(), "127.0.0.1:1".to_owned()], 2)
    );
}

#[test]
fn token_is_not_in_debug_output() {
    let shown = format!("{:?}", transport("127.0.0.1:1".parse().unwrap()));
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn only_a_written_batch_counts_as_sent() {
    for step in 0..50 {
        let bytes = 1_000_000 + step * 100_000;
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let mut http = transport(listener.local_addr().unwrap());
        let (answered, waits) = tokio::sync::oneshot::channel();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut [0; 16]).await.unwrap();
            // The connection writes what the operating system takes.
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
            stream.write_all(GOOD.as_bytes()).await.unwrap();
            waits.await.unwrap();
            let (mut came, mut buffer) = (16, vec![0; 65_536]);
            while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                came += read;
            }
            came
        });
        let flight = Flight::default();
        let messages = vec![Bytes::from(vec![b'x'; 10_000]); bytes / 10_000];
        let outcome = http.send(Messages::new(Signal::Segments, messages, flight.clone())).await;
        assert_eq!(outcome, Outcome::Taken);
        answered.send(()).unwrap();
        drop(http);
        let came = server.await.unwrap();
        assert!(came >= bytes || !flight.is_handed_over(), "{came} of {bytes}");
    }
}

#[tokio::test]
async fn batch_rejected_with_an_old_token_is_sent_again_once() {
    let path = std::env::temp_dir().join(format!("skywalking-token-{}", std::process::id()));
    for (next, tokens) in
        [("s3cret-2", vec!["s3cret-1", "s3cret-2"]), ("s3cret-1", vec!["s3cret-1"])]
    {
        std::fs::write(&path, "s3cret-1").unwrap();
        let checked = Config::new("svc").token_file(&path).check().unwrap();
        let (listener, address) = listener().await;
        let mut http = transport(address);
        http.token = TokenSource::new(&checked).unwrap();
        let (file, seen) = (path.clone(), Arc::new(Mutex::new(Vec::new())));
        let requests = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                while let Some((head, body)) = request(&mut stream).await {
                    let token = head.lines().find_map(|line| line.strip_prefix("authentication: "));
                    // The file changes after the agent has read it.
                    std::fs::write(&file, next).unwrap();
                    let is_good = token == Some("s3cret-2");
                    requests.lock().unwrap().push((token.unwrap().to_owned(), body));
                    let rejected = "HTTP/1.1 401 -\r\ncontent-length: 0\r\n\r\n";
                    stream
                        .write_all(if is_good { GOOD } else { rejected }.as_bytes())
                        .await
                        .unwrap();
                }
            }
        });
        let flight = Flight::default();
        let outcome = http.send(batch(&flight)).await;
        let is_renewed = tokens.len() == 2;
        assert_eq!(outcome == Outcome::Taken, is_renewed, "{outcome:?}");
        assert!(flight.is_handed_over(), "the batch was written, and is not sent by the worker");
        let expected: Vec<_> =
            tokens.iter().map(|token| ((*token).to_owned(), "[{\"a\":1},{}]".to_owned())).collect();
        assert_eq!(*seen.lock().unwrap(), expected);
    }
    std::fs::remove_file(path).unwrap();
}
