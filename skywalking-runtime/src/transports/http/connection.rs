//! An HTTP/1.1 connection: opened once, used by one call after another, and closed on drop.

use std::pin::Pin;
use std::time::Duration;

use http::{Request, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::super::dial::{Dialler, Protocol};
use super::super::metered::{Meter, Metered};
use super::super::quote::sources;
use super::body::Content;
use super::early::AnswersFirst;
use super::written::Written;
use crate::config::Address;

/// Backends close idle connections, an OAP after 30 s. A request that is written at that moment is
/// lost, so an older connection is not used.
const YOUNG: Duration = Duration::from_secs(5);
/// How much of an answer's text is kept, and how much is read so that the connection can be reused.
const KEPT: usize = 2 * 1024;
const READ: usize = 64 * 1024;

/// The answer of a backend.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) text: String,
    /// Whether it was read to its end.
    pub(super) is_whole: bool,
}

/// An open connection. Dropping it stops sending.
#[derive(Debug)]
pub(super) struct Connection {
    sender: SendRequest<Content>,
    /// The task that reads and writes.
    driver: JoinHandle<()>,
    used: Instant,
    meter: Meter,
    written: Written,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// Connects to a backend.
    pub(super) async fn open(dialler: &Dialler, address: &Address) -> Result<Self, String> {
        let (meter, written) = (Meter::default(), Written::default());
        let stream = dialler
            .connect(address, Protocol::Http1)
            .await
            .map_err(|error| sources(error.to_string(), &error))?;
        let stream = AnswersFirst::new(Metered::new(stream, meter.clone()), written.clone());
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| sources(error.to_string(), &error))?;
        // The call that fails reports the error.
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender, driver, used: Instant::now(), meter, written })
    }

    pub(super) fn is_young(&self) -> bool {
        self.used.elapsed() < YOUNG
    }

    /// Returns false if the backend has closed it.
    pub(super) async fn is_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// Returns true if all of the last request was written.
    pub(super) fn is_written(&self) -> bool {
        self.written.is_written()
    }

    pub(super) async fn exchange(
        &mut self,
        mut request: Request<Content>,
    ) -> Result<Answer, hyper::Error> {
        self.meter.begin();
        self.written.begin();
        request.body_mut().report_end(self.written.clone());
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let (text, is_whole) = read_text(body).await;
        self.used = Instant::now();
        Ok(Answer { status: head.status, text, is_whole })
    }
}

/// Returns the beginning of a body, and whether all of it arrived. The status is the answer, so
/// nothing here is an error.
async fn read_text(mut body: Incoming) -> (String, bool) {
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
