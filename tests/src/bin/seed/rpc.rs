//! The RPC of the example `snapshot`. A frame is a length of four bytes and JSON. A request is
//! `{method, body}`, and a response is `{body}`. There are no headers, so the message itself
//! carries the context.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use skywalking_runtime::Carrier;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Error;

/// The message of both sides.
#[derive(Debug, Carrier, Serialize, Deserialize)]
pub(crate) struct Req {
    pub(crate) a: i32,
    #[carrier]
    #[serde(default)]
    pub(crate) header: String,
}

/// Several messages, each of a different request.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Batch {
    pub(crate) messages: Vec<Req>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) body: Value,
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Rpc(pub(crate) TcpStream);

impl Rpc {
    pub(crate) async fn dial(address: &str) -> Result<Self, Error> {
        Ok(Self(TcpStream::connect(address).await?))
    }

    pub(crate) async fn call(
        &mut self,
        method: &str,
        body: impl Serialize,
    ) -> Result<String, Error> {
        self.send(&json!({ "method": method, "body": body })).await?;
        let answer: Value = serde_json::from_slice(&self.receive().await?.unwrap_or_default())?;
        match answer["body"].as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(Error::Refused(answer["body"]["error"].to_string())),
        }
    }

    /// Returns the next request, or `None` if the client has closed the connection.
    pub(crate) async fn next(&mut self) -> Result<Option<Request>, Error> {
        Ok(self.receive().await?.map(|frame| serde_json::from_slice(&frame)).transpose()?)
    }

    pub(crate) async fn answer(&mut self, outcome: Result<String, Error>) -> Result<(), Error> {
        let body = outcome.map_or_else(|error| json!({ "error": error.to_string() }), Value::from);
        self.send(&json!({ "body": body })).await
    }

    async fn send(&mut self, frame: &Value) -> Result<(), Error> {
        let bytes = serde_json::to_vec(frame)?;
        let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
        let mut whole = length.to_be_bytes().to_vec();
        whole.extend(bytes);
        Ok(self.0.write_all(&whole).await?)
    }

    async fn receive(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let length = match self.0.read_u32().await {
            Ok(length) => length as usize,
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut frame = vec![0; length];
        self.0.read_exact(&mut frame).await?;
        Ok(Some(frame))
    }
}
