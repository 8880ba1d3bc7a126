//! Implementations of the carrier traits in annotated functions: a type that can only be read, and
//! one that can only be written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use skywalking_runtime::testing::{is_idle, run, run_async, text};
use skywalking_runtime::{
    entry_span, exit_span,
    propagation::{Extract, Inject},
};

/// The received bytes of a server, which are read in place.
struct Received<'a>(&'a [u8]);

impl Extract for Received<'_> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.0.split(|byte| *byte == b'\n').find_map(|line| {
            let value = line.strip_prefix(key.as_bytes())?.strip_prefix(b"=")?;
            Some(String::from_utf8_lossy(value))
        })
    }
}

/// A frame that a client fills and never reads.
#[derive(Default)]
struct Sending {
    headers: BTreeMap<&'static str, String>,
    body: Vec<u8>,
}

impl Inject for Sending {
    fn set_header(&mut self, key: &'static str, value: &str) {
        self.headers.insert(key, value.to_owned());
    }

    fn remove_header(&mut self, key: &'static str) {
        self.headers.remove(key);
    }
}

impl Sending {
    fn wire(&self) -> Vec<u8> {
        let mut wire: Vec<u8> = self
            .headers
            .iter()
            .flat_map(|(key, value)| format!("{key}={value}\n").into_bytes())
            .collect();
        wire.extend(&self.body);
        wire
    }
}

/// A connection whose fields are carriers.
struct Connection<'a> {
    received: Received<'a>,
    sending: Sending,
}

impl Connection<'_> {
    #[entry_span(name = "/method", extract = self.received)]
    fn serve(&mut self) -> usize {
        self.ask();
        self.received.0.len()
    }

    #[exit_span(name = "/ask", peer = "b:1", inject = self.sending)]
    fn ask(&mut self) -> usize {
        self.sending.body.len()
    }

    /// Returns a header map, as `http::Request` does.
    fn headers_mut(&mut self) -> &mut Sending {
        &mut self.sending
    }
}

#[exit_span(name = "/owned", peer = "b:1", inject = frame)]
fn send(mut frame: Sending) -> Vec<u8> {
    frame.body.push(b'!');
    frame.wire()
}

#[exit_span(name = "/borrowed", peer = "b:1", inject = frame)]
async fn send_later(frame: &mut Sending) -> Vec<u8> {
    frame.wire()
}

#[exit_span(name = "/reached", peer = "b:1", inject = connection.headers_mut())]
async fn send_through(mut connection: Connection<'_>) -> Vec<u8> {
    connection.sending.body.clear();
    connection.sending.wire()
}

#[exit_span(name = "/generic", peer = "b:1", inject = carrier)]
fn send_any<C: Inject + ?Sized>(carrier: &mut C) {}

#[entry_span(name = "/borrowed", extract = received)]
fn serve(received: &Received<'_>) -> usize {
    received.0.len()
}

#[entry_span(name = "/made", extract = Received(wire))]
async fn serve_bytes(wire: &[u8]) -> usize {
    wire.len()
}

#[entry_span(name = "/optional", extract = wire.map(Received))]
fn serve_perhaps(wire: Option<&[u8]>) -> usize {
    wire.map_or(0, <[u8]>::len)
}

#[entry_span(name = "/any", extract = carrier)]
fn serve_any(carrier: &dyn Extract) -> bool {
    carrier.header("sw8").is_some()
}

#[exit_span(name = "/http", peer = "b:1", inject = request.headers_mut())]
fn request(mut request: http::Request<()>) -> http::Request<()> {
    request.headers_mut().insert("accept", http::HeaderValue::from_static("text/plain"));
    request
}

#[entry_span(name = "/http", extract = request.headers())]
async fn respond(request: http::Request<()>) -> usize {
    request.headers().len()
}

/// Returns the tree of a server that `path` called.
fn continued<R>(path: &str, serve: impl FnOnce() -> R) -> String {
    let trees = run(serve);
    assert!(is_idle());
    assert!(
        trees[0]
            .root
            .refs
            .iter()
            .all(|reference| (reference.endpoint.as_str(), reference.address.as_str())
                == (path, "b:1"))
    );
    text(&trees)
}

#[test]
fn write_only_type_is_continued_from_a_read_only_type() {
    let mut wire = Vec::new();
    let sent = run(|| wire = send(Sending::default()));

    assert_eq!(text(&sent), "Exit /owned peer=b:1\n");
    assert!(
        wire.starts_with(b"sw8=1-") && wire.ends_with(b"\n!"),
        "{}",
        String::from_utf8_lossy(&wire)
    );
    assert_eq!(
        continued("/owned", || serve(&Received(&wire))),
        "Entry /borrowed ref=CrossProcess\n"
    );
    assert_eq!(
        continued("/owned", || serve_perhaps(Some(&wire))),
        "Entry /optional ref=CrossProcess\n"
    );
    assert_eq!(
        continued("/owned", || assert!(serve_any(&Received(&wire)))),
        "Entry /any ref=CrossProcess\n"
    );

    let served = run(|| serve(&Received(&wire)));
    assert_eq!(served[0].trace_id, sent[0].trace_id);
}

#[test]
fn entry_without_a_header_starts_a_trace() {
    for wire in [None, Some(&b"sw7=1"[..]), Some(b"sw8=")] {
        assert_eq!(continued("", || serve_perhaps(wire)), "Entry /optional\n");
    }
}

#[test]
fn invalid_bytes_start_a_trace_and_are_counted() {
    use skywalking_runtime::stats::{self, Diagnostic};

    let refused = || {
        stats::read()
            .diagnostics()
            .filter(|(reason, _)| matches!(reason, Diagnostic::Sw8Parts | Diagnostic::Sw8Base64))
            .map(|(_, n)| n)
            .sum::<u64>()
    };
    let before = refused();

    assert_eq!(continued("", || serve(&Received(b"sw8=\xff\xfe"))), "Entry /borrowed\n");
    assert!(refused() > before);
}

#[tokio::test]
async fn async_functions_accept_values_references_and_calls() {
    let mut frame = Sending::default();
    let connection = Connection { received: Received(b""), sending: Sending::default() };
    let (mut borrowed, mut reached) = (Vec::new(), Vec::new());
    let trees = run_async(async {
        borrowed = send_later(&mut frame).await;
        reached = send_through(connection).await;
    })
    .await;

    assert_eq!(text(&trees), "Exit /borrowed peer=b:1\nExit /reached peer=b:1\n");

    let trees = run_async(async {
        serve_bytes(&borrowed).await;
        serve_bytes(&reached).await;
    })
    .await;

    assert_eq!(text(&trees), "Entry /made ref=CrossProcess\nEntry /made ref=CrossProcess\n");
}

#[test]
fn method_reads_and_writes_fields_of_self() {
    let mut first = Sending::default();
    run(|| send_any(&mut first));
    let wire = first.wire();
    let mut connection = Connection { received: Received(&wire), sending: Sending::default() };
    let trees = run(|| connection.serve());

    assert_eq!(text(&trees), "Entry /method ref=CrossProcess\n  Exit /ask peer=b:1\n");
    assert!(connection.sending.headers["sw8"].starts_with("1-"));
    assert_eq!(connection.headers_mut().headers.len(), 1);
}

#[tokio::test]
async fn http_request_carries_its_own_headers() {
    let mut sent = None;
    run(|| sent = Some(request(http::Request::new(()))));
    let sent = sent.expect("a request");

    assert_eq!(sent.headers().len(), 2);

    let trees = run_async(respond(sent)).await;
    assert_eq!(text(&trees), "Entry /http ref=CrossProcess\n");
}

#[test]
fn reused_frame_has_no_old_header() {
    let mut frame = Sending::default();
    run(|| send_any(&mut frame));
    let first = frame.headers["sw8"].clone();
    frame.headers.insert("sw8-x", "stale".to_owned());
    frame.headers.insert("sw8-correlation", "stale".to_owned());
    frame.headers.insert("mine", "kept".to_owned());
    run(|| send_any(&mut frame));

    assert_eq!(frame.headers.keys().copied().collect::<Vec<_>>(), ["mine", "sw8"]);
    assert_ne!(frame.headers["sw8"], first);
}
