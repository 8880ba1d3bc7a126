//! Bytes on a connection, and how to write requests and frames as bytes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The collector's longest timeout of these cases is 10 s.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Sends the bytes and reads to the end, or until the connection is reset. `half_close` ends the
/// client's side after the bytes.
pub(crate) async fn exchange(
    address: SocketAddr,
    bytes: &[u8],
    half_close: bool,
) -> Result<Vec<u8>, String> {
    let mut stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut reader, mut writer) = stream.split();
    let write = async {
        // The collector may answer and close before it has read everything.
        let _ = writer.write_all(bytes).await;
        if half_close {
            let _ = writer.shutdown().await;
        }
    };
    let mut received = Vec::new();
    let read = async {
        let _ = reader.read_to_end(&mut received).await;
    };
    let exchanged = tokio::time::timeout(TIMEOUT, async { tokio::join!(write, read) }).await;
    exchanged.map_err(|_| "the connection is still open".to_owned())?;
    Ok(received)
}

/// Sends the bytes and reads to the first error of HTTP/2, or to the end. Returns the codes.
pub(crate) async fn http2_exchange(address: SocketAddr, bytes: &[u8]) -> Result<Vec<u32>, String> {
    let mut stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut reader, mut writer) = stream.split();
    let mut received = Vec::new();
    let read = async {
        let ended = |read: std::io::Result<usize>| read.unwrap_or(0) == 0;
        while http2_errors(&received).is_empty() && !ended(reader.read_buf(&mut received).await) {}
    };
    let write = async {
        let _ = writer.write_all(bytes).await;
        std::future::pending::<()>().await;
    };
    let exchange = async {
        tokio::select! { () = read => {}, () = write => {} }
    };
    let ended = tokio::time::timeout(TIMEOUT, exchange).await;
    ended.map_err(|_| "neither an error nor the end of the connection".to_owned())?;
    Ok(http2_errors(&received))
}

/// `GET path` with these headers, each ending with CRLF.
pub(crate) fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n")
        .into_bytes()
}

/// Returns the text with every byte as a percent sign and two digits.
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02x}"))
}

/// `POST path` with these headers, each ending with CRLF.
pub(crate) fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: collector\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// The preface of HTTP/2, empty settings, and these frames.
pub(crate) fn http2(frames: &[Vec<u8>]) -> Vec<u8> {
    [PREFACE, &frame(4, 0, 0, b""), &frames.concat()].concat()
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Returns the codes of the `GOAWAY` and `RST_STREAM` frames, other than `NO_ERROR`.
fn http2_errors(mut bytes: &[u8]) -> Vec<u32> {
    let mut errors = Vec::new();
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let length = usize::try_from(u32::from_be_bytes([0, *a, *b, *c])).expect("a length");
        let (payload, rest) = rest.split_at(length.min(rest.len()));
        let code = match kind {
            3 => payload.get(..4),
            7 => payload.get(4..8),
            _ => None,
        };
        let code = code.map(|code| u32::from_be_bytes(code.try_into().expect("4 bytes")));
        errors.extend(code.filter(|code| *code != 0));
        bytes = rest;
    }
    errors
}
