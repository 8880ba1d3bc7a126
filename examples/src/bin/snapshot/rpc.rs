//! The RPC: length-delimited JSON over TCP. A request is a frame `{method, body}`, an answer a
//! frame `{body}`, one after the other.
//!
//! It has no headers and knows nothing of tracing: the message is all there is, so a message has to
//! carry the context itself.

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, TryStreamExt as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use crate::error::Error;

/// The most that a frame may hold: far more than any message here, far less than memory.
const FRAME_LIMIT: usize = 64 * 1024;
/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request as the server sees it: which method, and a body whose type only that method knows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request<B> {
    pub(crate) method: String,
    pub(crate) body: B,
}

#[derive(Debug, Serialize, Deserialize)]
struct Answer<B> {
    body: B,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Rpc {
    frames: Framed<TcpStream, LengthDelimitedCodec>,
}

impl Rpc {
    /// Dials.
    pub(crate) async fn connect(address: &str) -> Result<Self, Error> {
        let failed = |source| Error::Connect { address: address.to_owned(), source };
        Ok(Self::over(TcpStream::connect(address).await.map_err(failed)?))
    }

    /// Over a connection that is there.
    pub(crate) fn over(stream: TcpStream) -> Self {
        // Each frame is awaited by the other side; where the option can't be set, it only takes
        // longer.
        let _ = stream.set_nodelay(true);
        Self {
            frames: LengthDelimitedCodec::builder()
                .max_frame_length(FRAME_LIMIT)
                .new_framed(stream),
        }
    }

    /// The client's side: sends a request, waits for its answer.
    pub(crate) async fn call<B: Serialize, A: DeserializeOwned>(
        &mut self,
        method: &str,
        body: &B,
    ) -> Result<A, Error> {
        let called = async {
            self.send(&Request { method: method.to_owned(), body }).await?;
            let Answer { body } = self.receive().await?.ok_or(Error::Closed)?;
            Ok(body)
        };
        tokio::time::timeout(PATIENCE, called).await.map_err(|_| Error::NoAnswer(PATIENCE))?
    }

    /// The server's side: the next request; `None` when the client has closed.
    pub(crate) async fn next(&mut self) -> Result<Option<Request<Value>>, Error> {
        self.receive().await
    }

    /// The server's side: the answer to the last request.
    pub(crate) async fn answer<B: Serialize>(&mut self, body: B) -> Result<(), Error> {
        self.send(&Answer { body }).await
    }

    async fn send<F: Serialize>(&mut self, frame: &F) -> Result<(), Error> {
        Ok(self.frames.send(Bytes::from(serde_json::to_vec(frame)?)).await?)
    }

    async fn receive<F: DeserializeOwned>(&mut self) -> Result<Option<F>, Error> {
        let frame = self.frames.try_next().await?;
        Ok(frame.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
    }
}
