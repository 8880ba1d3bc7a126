//! One connection by HTTP/1.1: opened, used by one call after the other, and cut off when it is
//! dropped.

use std::pin::Pin;
use std::time::Duration;

use http::{Request, StatusCode, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tower_service::Service as _;

use super::super::connector::connector;
use super::super::metered::Meter;
use super::super::quote::sources;
use super::body::Content;

/// Backends close connections that nobody uses, an OAP after 30 s. What is written in that moment
/// is lost, so an older one is left.
const YOUNG: Duration = Duration::from_secs(5);
/// What is kept of an answer's words, and what is read of it at all so that the connection can be
/// used again.
const KEPT: usize = 2 * 1024;
const READ: usize = 64 * 1024;

/// What the other side said.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) text: String,
    /// It was read to its end.
    pub(super) is_whole: bool,
}

/// An open connection. Dropped, it sends nothing any more.
#[derive(Debug)]
pub(super) struct Connection {
    sender: SendRequest<Content>,
    /// Reads and writes.
    driver: JoinHandle<()>,
    used: Instant,
    meter: Meter,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// Connects to `http://host:port`.
    pub(super) async fn open(address: Uri) -> Result<Self, String> {
        let meter = Meter::default();
        let stream = connector(meter.clone())
            .call(address)
            .await
            .map_err(|error| sources(error.to_string(), &error))?;
        let (sender, connection) =
            handshake(stream).await.map_err(|error| sources(error.to_string(), &error))?;
        // Its error is told to the call that it ends.
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender, driver, used: Instant::now(), meter })
    }

    pub(super) fn is_young(&self) -> bool {
        self.used.elapsed() < YOUNG
    }

    /// False if the other side has closed it.
    pub(super) async fn is_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    pub(super) async fn exchange(
        &mut self,
        request: Request<Content>,
    ) -> Result<Answer, hyper::Error> {
        self.meter.begin();
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let (text, is_whole) = words(body).await;
        self.used = Instant::now();
        Ok(Answer { status: head.status, text, is_whole })
    }
}

/// The beginning of a body, and whether all of it came. The status is the answer, so nothing here
/// is an error.
async fn words(mut body: Incoming) -> (String, bool) {
    let (mut kept, mut read) = (Vec::new(), 0);
    while read <= READ {
        match std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            None => return (String::from_utf8_lossy(&kept).into_owned(), true),
            Some(Err(_)) => break,
            Some(Ok(frame)) => {
                if let Some(piece) = frame.data_ref() {
                    read += piece.len();
                    kept.extend(piece.iter().take(KEPT - kept.len()));
                }
            }
        }
    }
    (String::from_utf8_lossy(&kept).into_owned(), false)
}
