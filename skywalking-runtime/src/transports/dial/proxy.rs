//! Asks an HTTP proxy for a tunnel to a backend (RFC 9110 9.3.6).

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Stream;
use crate::config::Proxy;

/// The largest head of an answer.
const LARGEST: usize = 16 * 1024;

/// Makes a tunnel of a connection to the proxy. `target` is the `host:port` of the backend.
///
/// The credentials are in no error.
pub(super) async fn tunnel(stream: &mut Stream, proxy: &Proxy, target: &str) -> Result<(), String> {
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(authorization) = proxy.reveal_authorization() {
        request.extend(["Proxy-Authorization: ", authorization, "\r\n"]);
    }
    request.push_str("\r\n");
    let broken = |error: io::Error| error.to_string();
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let status = loop {
        let Some(status) = status(&head(stream).await?) else {
            return Err("it does not answer by HTTP; check its address".to_owned());
        };
        // An interim answer, which the answer follows.
        if !(100..=199).contains(&status) {
            break status;
        }
    };
    match status {
        200..=299 => Ok(()),
        407 if proxy.reveal_authorization().is_some() => Err(format!(
            "it rejects the user or password (status 407); correct them in {}",
            proxy.setting
        )),
        407 => Err(format!(
            "it requires a user and password (status 407); give http://user:password@host:port in {}",
            proxy.setting
        )),
        403 => Err(format!("it does not allow connections to {target} (status 403)")),
        502..=504 => Err(format!("it cannot reach {target} (status {status})")),
        _ => Err(format!("it refuses the tunnel to {target} (status {status})")),
    }
}

/// Reads up to the empty line, and no further: what follows belongs to the tunnel.
async fn head(stream: &mut Stream) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        if head.len() >= LARGEST {
            return Err("its answer is too long; check its address".to_owned());
        }
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err("it closed the connection without an answer".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        }
        // Another protocol may never send an empty line.
        if head.len() == 5 && head != b"HTTP/" {
            break;
        }
    }
    Ok(head)
}

/// Returns the number of the status line.
fn status(head: &[u8]) -> Option<u16> {
    let line = str::from_utf8(head.split(|byte| *byte == b'\r' || *byte == b'\n').next()?).ok()?;
    let mut words = line.strip_prefix("HTTP/1.")?.split(' ');
    words.next()?;
    words.next()?.parse().ok().filter(|status| (100..600).contains(status))
}
