//! A server on this machine with a given answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Records its requests, and answers each with the same text.
#[derive(Clone)]
pub(super) struct Backend {
    seen: Arc<Mutex<Vec<String>>>,
    answer: &'static str,
}

impl Backend {
    pub(super) fn new(answer: &'static str) -> Self {
        Self { seen: Arc::default(), answer }
    }

    pub(super) async fn start(&self) -> SocketAddr {
        let (listener, address) = listener().await;
        self.clone().serve(listener);
        address
    }

    pub(super) fn serve(self, listener: TcpListener) {
        tokio::spawn(async move {
            let mut connections = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                connections += 1;
                let (this, number) = (self.clone(), connections);
                tokio::spawn(async move {
                    while let Some((head, body)) = request(&mut stream).await {
                        let named = |name: &str| {
                            let value = head
                                .lines()
                                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                            value.unwrap_or("-").to_owned()
                        };
                        let line = head.lines().next().unwrap_or_default().to_owned();
                        let (kind, token) = (named("content-type"), named("authentication"));
                        this.seen
                            .lock()
                            .unwrap()
                            .push(format!("{number}: {line} | {kind} | {token} | {body}"));
                        stream.write_all(this.answer.as_bytes()).await.unwrap();
                    }
                });
            }
        });
    }

    pub(super) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// Reads one request with its body. Returns `None` if the client has closed the connection.
pub(super) async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(read[..end].to_vec()).unwrap();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())
                .unwrap();
            if read.len() >= end + 4 + length {
                return Some((head, String::from_utf8(read[end + 4..].to_vec()).unwrap()));
            }
        }
        let mut piece = vec![0; 16 * 1024];
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        read.extend_from_slice(&piece[..length]);
    }
}

pub(super) async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}
