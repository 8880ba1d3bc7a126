//! A server that plays a script: an answer a request, in the order in which they come, whatever
//! they ask for.

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

/// What the server does with a request.
pub(crate) enum Answer {
    /// Writes this.
    Whole(String),
    /// Writes what comes, and hangs up when nothing more can come.
    Parts(mpsc::UnboundedReceiver<&'static str>),
    /// Writes this, then sends back each byte that it gets.
    Echo(&'static str),
    /// Never answers.
    Silence,
    /// Hangs up.
    Hangup,
}

impl Answer {
    /// An answer with a body.
    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::Whole(format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::Whole(format!(
            "HTTP/1.1 {status} Scripted\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ))
    }

    /// An answer in parts, and what writes them.
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

/// Plays its script until it is dropped.
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

    /// Goes on with this, for scripts that name an address.
    pub(crate) fn play(&self, script: impl IntoIterator<Item = Answer>) {
        lock(&self.state.script).extend(script);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came so far.
    pub(crate) fn requests(&self) -> Vec<Received> {
        lock(&self.state.requests).clone()
    }

    /// The only request that came.
    #[track_caller]
    pub(crate) fn request(&self) -> Received {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    /// Waits until `count` requests have come.
    pub(crate) async fn received(&self, count: usize) {
        let mut counts = self.state.count.subscribe();
        counts
            .wait_for(|came| *came >= count)
            .await
            .expect("the count lives as long as this server");
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
                    // A client that went away is part of some scripts.
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
