//! A server that runs a script: one response for each request, in the order of the requests.

use std::collections::VecDeque;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{Received, Recorded, lock};

/// The response to a request.
pub(crate) enum Answer {
    /// Writes this text.
    Whole(String),
    /// Writes the parts as they come, and closes the connection with the sender.
    Parts(mpsc::UnboundedReceiver<&'static str>),
    /// Writes this text, then echoes each byte.
    Echo(&'static str),
    /// Never responds.
    Silence,
    /// Closes the connection.
    Hangup,
}

impl Answer {
    /// Returns a response with a body.
    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::Whole(format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// Returns a redirect.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::Whole(format!(
            "HTTP/1.1 {status} Scripted\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ))
    }

    /// Returns a response in parts, and its sender.
    pub(crate) fn parts() -> (mpsc::UnboundedSender<&'static str>, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (sender, Self::Parts(receiver))
    }
}

struct State {
    script: Mutex<VecDeque<Answer>>,
    requests: Mutex<Vec<Received>>,
    count: watch::Sender<usize>,
}

/// Runs its script until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(script: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let script = Mutex::new(script.into_iter().collect());
        let state =
            Arc::new(State { script, requests: Mutex::default(), count: watch::Sender::new(0) });
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state, accepting }
    }

    /// Appends to the script, for responses with an address.
    pub(crate) fn play(&self, script: impl IntoIterator<Item = Answer>) {
        lock(&self.state.script).extend(script);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the received requests.
    pub(crate) fn requests(&self) -> Vec<Received> {
        lock(&self.state.requests).clone()
    }

    /// Returns the only received request.
    #[track_caller]
    pub(crate) fn request(&self) -> Received {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    /// Waits until `count` requests have been received.
    pub(crate) async fn received(&self, count: usize) {
        let mut counts = self.state.count.subscribe();
        counts
            .wait_for(|came| *came >= count)
            .await
            .expect("the counter exists as long as this server");
    }
}

impl Recorded for Server {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn heads(&self) -> Vec<(String, HeaderMap)> {
        self.requests()
            .iter()
            .map(|request| (request.path().to_owned(), request.headers()))
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut stream: TcpStream, state: Arc<State>) {
    while let Some(request) = Received::read(&mut stream).await {
        lock(&state.requests).push(request);
        let answer = lock(&state.script).pop_front().expect("the script is long enough");
        state.count.send_modify(|count| *count += 1);
        match answer {
            Answer::Whole(text) => {
                stream.write_all(text.as_bytes()).await.expect("the client reads");
            }
            Answer::Parts(mut parts) => {
                while let Some(part) = parts.recv().await {
                    // In some scripts the client disconnects.
                    let _ = stream.write_all(part.as_bytes()).await;
                }
                return;
            }
            Answer::Echo(head) => {
                stream.write_all(head.as_bytes()).await.expect("the client reads");
                while let Ok(byte) = stream.read_u8().await {
                    stream.write_all(&[byte]).await.expect("the client reads");
                }
                return;
            }
            Answer::Silence => pending().await,
            Answer::Hangup => return,
        }
    }
}
