//! The RPC: length-delimited JSON over TCP. A request is a frame `{method, body}`, a response a
//! frame `{body}`.
//!
//! It has no headers and no tracing code, so the messages have to carry the context.

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, TryStreamExt as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use crate::error::Error;

/// The largest frame, in bytes.
const MAX_FRAME: usize = 64 * 1024;
/// The timeout of a call.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A request. The type of the body depends on the method.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request<B> {
    pub(crate) method: String,
    pub(crate) body: B,
}

#[derive(Debug, Serialize, Deserialize)]
struct Response<B> {
    body: B,
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Rpc {
    frames: Framed<TcpStream, LengthDelimitedCodec>,
}

impl Rpc {
    /// Connects to the server.
    pub(crate) async fn connect(address: &str) -> Result<Self, Error> {
        let failed = |source| Error::Connect { address: address.to_owned(), source };
        Ok(Self::new(TcpStream::connect(address).await.map_err(failed)?))
    }

    /// Uses an open connection.
    pub(crate) fn new(stream: TcpStream) -> Self {
        // If the option can't be set, frames only take longer.
        let _ = stream.set_nodelay(true);
        Self {
            frames: LengthDelimitedCodec::builder().max_frame_length(MAX_FRAME).new_framed(stream),
        }
    }

    /// Sends a request and waits for the response. For clients.
    pub(crate) async fn call<B: Serialize, A: DeserializeOwned>(
        &mut self,
        method: &str,
        body: &B,
    ) -> Result<A, Error> {
        let response = async {
            self.send(&Request { method: method.to_owned(), body }).await?;
            let Response { body } = self.receive().await?.ok_or(Error::Closed)?;
            Ok(body)
        };
        tokio::time::timeout(TIMEOUT, response).await.map_err(|_| Error::Timeout(TIMEOUT))?
    }

    /// Returns the next request, or `None` if the client has disconnected. For servers.
    pub(crate) async fn next(&mut self) -> Result<Option<Request<Value>>, Error> {
        self.receive().await
    }

    /// Sends the response to the last request. For servers.
    pub(crate) async fn respond<B: Serialize>(&mut self, body: B) -> Result<(), Error> {
        self.send(&Response { body }).await
    }

    async fn send<F: Serialize>(&mut self, frame: &F) -> Result<(), Error> {
        Ok(self.frames.send(Bytes::from(serde_json::to_vec(frame)?)).await?)
    }

    async fn receive<F: DeserializeOwned>(&mut self) -> Result<Option<F>, Error> {
        let frame = self.frames.try_next().await?;
        Ok(frame.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
    }
}
