//! A backend of the tests that hangs at a given step, after it has answered or from the beginning.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::{Buf as _, Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{RecvStream, server};
use http::{HeaderValue, Request, Response};
use skywalking_tests::grpc::{next_message, reply};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::rustls::{ProtocolVersion, ServerConfig, SignatureScheme};

/// The window of a call. A batch that is not read stays incomplete.
const WINDOW: u32 = 16;

/// Where a connection hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// As a proxy, before the answer to `CONNECT`.
    ProxyAnswer,
    /// As a proxy, after that answer: nothing comes through the tunnel.
    Tunnel,
    /// In the handshake of TLS.
    Handshake,
    /// Before an answer of the backend.
    Answer,
}

/// When a backend begins to hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hangs {
    FromTheBeginning,
    /// After the answer to the first batch. Later batches are neither read nor answered, and later
    /// connections hang.
    AfterABatch,
    Never,
}

/// How a backend is made.
#[derive(Clone)]
pub(crate) struct Making {
    pub(crate) protocol: &'static str,
    pub(crate) is_proxy: bool,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) step: Step,
    pub(crate) hangs: Hangs,
}

/// A running backend.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    making: Making,
    connections: AtomicUsize,
    hanging: AtomicUsize,
    batches: AtomicUsize,
    answered: AtomicU64,
    rejected: AtomicU64,
    token: Mutex<Option<&'static str>>,
    handshakes: Mutex<Vec<Handshake>>,
}

/// What a handshake of TLS has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    pub(crate) version: Option<ProtocolVersion>,
    /// Whether the client verifies signatures of the curve P-521. Of the libraries of cryptography
    /// only aws-lc-rs does.
    pub(crate) has_p521: bool,
}

impl Peer {
    pub(crate) async fn start(making: Making) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            making,
            connections: AtomicUsize::new(0),
            hanging: AtomicUsize::new(0),
            batches: AtomicUsize::new(0),
            answered: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            token: Mutex::default(),
            handshakes: Mutex::default(),
        });
        let server = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection = connection(stream, Arc::clone(&server));
                // A client may end the connection at any time.
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Self { address, shared }
    }

    /// Returns true if a connection hangs at the step of this backend.
    pub(crate) fn is_hanging(&self) -> bool {
        self.shared.hanging.load(Ordering::SeqCst) > 0
    }

    /// Returns the number of segments in answered batches.
    pub(crate) fn answered(&self) -> u64 {
        self.shared.answered.load(Ordering::SeqCst)
    }

    /// Returns the number of batches with another token than the required one.
    pub(crate) fn rejected(&self) -> u64 {
        self.shared.rejected.load(Ordering::SeqCst)
    }

    /// Rejects calls without this token from now on.
    pub(crate) fn require(&self, token: &'static str) {
        *self.shared.token.lock().expect("a token") = Some(token);
    }

    pub(crate) fn handshakes(&self) -> Vec<Handshake> {
        self.shared.handshakes.lock().expect("handshakes").clone()
    }
}

impl Shared {
    async fn hang(&self) {
        self.hanging.fetch_add(1, Ordering::SeqCst);
        std::future::pending::<()>().await;
    }

    /// Returns true if the token is the required one, or if none is. Counts rejected batches.
    fn accepts(&self, token: Option<&str>, is_batch: bool) -> bool {
        let required = *self.token.lock().expect("a token");
        let accepts = required.is_none() || token == required;
        self.rejected.fetch_add(u64::from(is_batch && !accepts), Ordering::SeqCst);
        accepts
    }

    /// Hangs for ever, unless this call is to be answered.
    async fn hang_at_call(&self, is_batch: bool) {
        let is_first = || self.batches.fetch_add(1, Ordering::SeqCst) == 0;
        let answers = match self.making.hangs {
            Hangs::Never => true,
            Hangs::FromTheBeginning => false,
            Hangs::AfterABatch => !is_batch || is_first(),
        };
        match self.making.step {
            _ if answers => {}
            Step::Answer => self.hang().await,
            _ => std::future::pending().await,
        }
    }
}

async fn connection(mut stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let Making { protocol, is_proxy, tls, step, hangs } = shared.making.clone();
    let is_first = shared.connections.fetch_add(1, Ordering::SeqCst) == 0;
    let stops = hangs == Hangs::FromTheBeginning || hangs == Hangs::AfterABatch && !is_first;
    let stops_at = |here: Step| stops && step == here;
    if is_proxy {
        let (head, _) = request(&mut stream, &mut BytesMut::new()).await?;
        assert!(head.starts_with("CONNECT "), "{head}");
        if stops_at(Step::ProxyAnswer) {
            shared.hang().await;
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        if stops_at(Step::Tunnel) {
            shared.hang().await;
        }
    }
    match tls {
        _ if stops_at(Step::Handshake) => shared.hang().await,
        Some(config) => {
            let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
            let schemes = start.client_hello().signature_schemes().to_vec();
            let stream = start.into_stream(config).await?;
            shared.handshakes.lock().expect("handshakes").push(Handshake {
                version: stream.get_ref().1.protocol_version(),
                has_p521: schemes.contains(&SignatureScheme::ECDSA_NISTP521_SHA512),
            });
            serve(stream, protocol, shared).await?;
        }
        None => serve(stream, protocol, shared).await?,
    }
    Ok(())
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    protocol: &str,
    shared: Arc<Shared>,
) -> io::Result<()> {
    match protocol {
        "grpc" => serve_grpc(stream, shared).await.map_err(io::Error::other),
        _ => serve_http(stream, &shared).await,
    }
}

async fn serve_grpc(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    shared: Arc<Shared>,
) -> Result<(), h2::Error> {
    let mut builder = server::Builder::new();
    let mut connection = builder.initial_window_size(WINDOW).handshake::<_, Bytes>(stream).await?;
    while let Some(call) = connection.accept().await {
        let (request, answer) = call?;
        tokio::spawn(answer_call(request, answer, Arc::clone(&shared)));
    }
    Ok(())
}

async fn answer_call(
    mut request: Request<RecvStream>,
    mut answer: SendResponse<Bytes>,
    shared: Arc<Shared>,
) -> Result<(), h2::Error> {
    let is_batch = request.uri().path().ends_with("/collect");
    let token = request.headers().get("authentication").and_then(|token| token.to_str().ok());
    if !shared.accepts(token, is_batch) {
        // As an OAP: the status comes at once, and no message is read.
        let mut head = Response::new(());
        head.headers_mut().insert("grpc-status", HeaderValue::from_static("7"));
        answer.send_response(head, true)?;
        return Ok(());
    }
    shared.hang_at_call(is_batch).await;
    let (body, mut read) = (request.body_mut(), BytesMut::new());
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        read.extend_from_slice(&data);
    }
    if is_batch {
        let messages = std::iter::from_fn(|| next_message(&mut read)).count() as u64;
        shared.answered.fetch_add(messages, Ordering::SeqCst);
    }
    reply(answer, "0")
}

async fn serve_http(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    shared: &Shared,
) -> io::Result<()> {
    let mut read = BytesMut::new();
    loop {
        let (head, body) = request(&mut stream, &mut read).await?;
        let is_batch = head.starts_with("POST /v3/segments ");
        let token = head.lines().find_map(|line| line.strip_prefix("authentication: "));
        if !shared.accepts(token, is_batch) {
            stream.write_all(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n").await?;
            continue;
        }
        shared.hang_at_call(is_batch).await;
        if is_batch {
            let segments = body.matches("\"traceSegmentId\"").count() as u64;
            shared.answered.fetch_add(segments, Ordering::SeqCst);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
    }
}

/// Reads the head and the body of a request. Keeps in `read` what follows.
async fn request(
    stream: &mut (impl AsyncRead + Unpin),
    read: &mut BytesMut,
) -> io::Result<(String, String)> {
    let text = |bytes: BytesMut| String::from_utf8(bytes.to_vec()).map_err(io::Error::other);
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = text(read.clone().split_to(end + 4))?;
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.unwrap_or("0").parse().map_err(io::Error::other)?;
            if read.len() >= end + 4 + length {
                read.advance(end + 4);
                return Ok((head, text(read.split_to(length))?));
            }
        }
        if stream.read_buf(read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
