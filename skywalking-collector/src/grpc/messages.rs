//! Reads the messages of a call from its body. A message is a compression flag (one byte), a length
//! (four bytes) and the bytes. The received part of a message counts in the memory budget, and so
//! does the decompressed message.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::HeaderMap;
use bytes::{Buf as _, Bytes, BytesMut};
use http_body::Body;
use tokio::time::{Instant, timeout_at};
use tonic::Status;

use crate::budget::{BudgetExhausted, Buffer};
use crate::config::MESSAGE_LIMIT;
use crate::gzip;
use crate::server::Connection;
use crate::state::CollectorState;
use crate::text::quoted;

/// The length of the prefix: the compression flag and the message length.
const PREFIX: usize = 5;

/// Reads the messages of a call.

#[derive(Debug)]
pub(super) struct Messages<B> {
    state: Arc<CollectorState>,
    connection: Arc<Connection>,
    /// Whether messages may be compressed.
    gzip: bool,
    body: B,
    /// Received bytes after the last message, less than a frame.
    rest: Bytes,
}

impl<B: Body<Data = Bytes, Error: std::fmt::Display> + Unpin> Messages<B> {
    pub(super) fn new(
        state: Arc<CollectorState>,
        connection: Arc<Connection>,
        metadata: &HeaderMap,
        body: B,
    ) -> Result<Self, Status> {
        let gzip =
            match metadata.get("grpc-encoding").map(|value| value.to_str().unwrap_or("(not text)"))
            {
                None | Some("identity") => false,
                Some("gzip") => true,
                Some(other) => {
                    let mut status = Status::unimplemented(format!(
                        "unknown encoding {}: send gzip or no encoding",
                        quoted(other)
                    ));
                    status.metadata_mut().insert(
                        "grpc-accept-encoding",
                        tonic::metadata::MetadataValue::from_static("identity,gzip"),
                    );
                    return Err(status);
                }
            };
        Ok(Self { state, connection, gzip, body, rest: Bytes::new() })
    }

    /// Returns the next message, or `None` at the end of the call. An invalid message is counted as
    /// refused.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let read = self.read().await;
        if read.as_ref().is_err_and(|error| *error != MessageError::Disconnected) {
            self.state.count_refused();
        }
        read.map_err(MessageError::status)
    }

    /// Returns the message of a unary call.
    pub(super) async fn single(&mut self) -> Result<Bytes, Status> {
        let message = self
            .next()
            .await?
            .ok_or_else(|| Status::invalid_argument("the call has no message: send one"))?;
        match self.next().await? {
            None => Ok(message),
            Some(_) => Err(Status::invalid_argument("the call has several messages: send one")),
        }
    }

    async fn read(&mut self) -> Result<Option<Bytes>, MessageError> {
        // The message timeout starts at the first byte. Before that the connection is idle.
        if self.rest.is_empty() {
            match self.frame().await? {
                Some(frame) => self.rest = frame,
                None => return Ok(None),
            }
        }
        let timeout = self.connection.timeouts().message;
        let read = timeout_at(Instant::now() + timeout, self.message()).await;
        read.unwrap_or(Err(MessageError::Timeout { seconds: timeout.as_secs() })).map(Some)
    }

    async fn message(&mut self) -> Result<Bytes, MessageError> {
        let (compressed, length) = self.prefix().await?;
        if length > MESSAGE_LIMIT {
            return Err(MessageError::TooLarge { length });
        }
        let mut message = self.state.budget().buffer();
        loop {
            let taken = self.rest.split_to(self.rest.len().min(length - message.len()));
            message.extend(&taken, length).await?;
            drop(taken);
            if message.len() == length {
                break;
            }
            self.rest = self.frame().await?.ok_or(MessageError::Incomplete)?;
        }
        if compressed {
            self.decompress(&message).map(Buffer::into_bytes)
        } else {
            Ok(message.into_bytes())
        }
    }

    /// Reads the prefix: whether the message is compressed, and its length.
    async fn prefix(&mut self) -> Result<(bool, usize), MessageError> {
        let mut prefix = BytesMut::with_capacity(PREFIX);
        loop {
            let taken = self.rest.split_to(self.rest.len().min(PREFIX - prefix.len()));
            prefix.extend_from_slice(&taken);
            if prefix.len() == PREFIX {
                break;
            }
            self.rest = self.frame().await?.ok_or(MessageError::Incomplete)?;
        }
        let compressed = match prefix.get_u8() {
            0 => false,
            1 if self.gzip => true,
            flag => return Err(MessageError::CompressionFlag { flag }),
        };
        Ok((compressed, usize::try_from(prefix.get_u32()).unwrap_or(usize::MAX)))
    }

    fn decompress(&self, compressed: &Buffer) -> Result<Buffer, MessageError> {
        let mut message = self.state.budget().buffer();
        gzip::decompress(compressed.as_ref(), &mut message, MESSAGE_LIMIT).map_err(|error| {
            match error {
                gzip::Error::Budget(exhausted) => MessageError::Budget(exhausted),
                gzip::Error::TooLarge { limit } => MessageError::TooLarge { length: limit },
                gzip::Error::Malformed { reason } => MessageError::Gzip { reason },
            }
        })?;
        Ok(message)
    }

    /// Returns the next frame that is not empty.
    async fn frame(&mut self) -> Result<Option<Bytes>, MessageError> {
        loop {
            let frame = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await;
            self.connection.touch();
            match frame {
                None => return Ok(None),
                Some(Err(_)) => return Err(MessageError::Disconnected),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if data.is_empty() => {}
                    Ok(data) => return Ok(Some(data)),
                    // Trailers end the request.
                    Err(_) => return Ok(None),
                },
            }
        }
    }
}

/// Why a message can't be read. Earlier messages of the call are kept.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum MessageError {
    #[error(
        "a message of {length} bytes or more is too large, the limit is {MESSAGE_LIMIT} bytes: send smaller batches"
    )]
    TooLarge { length: usize },
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    #[error(
        "timed out after {seconds} s waiting for the rest of a message: send it without a pause"
    )]
    Timeout { seconds: u64 },
    #[error(
        "not a gRPC message: the compression flag is {flag}, and the call has no matching grpc-encoding: send 0"
    )]
    CompressionFlag { flag: u8 },
    #[error("not a gRPC message: the call ends inside the message")]
    Incomplete,
    #[error(
        "not a gRPC message: the compression flag is set, but the message is not gzip: {reason}"
    )]
    Gzip { reason: String },
    #[error("the client disconnected")]
    Disconnected,
}

impl MessageError {
    fn status(self) -> Status {
        let text = self.to_string();
        match self {
            Self::TooLarge { .. } | Self::Budget(_) => Status::resource_exhausted(text),
            Self::Timeout { .. } => Status::deadline_exceeded(text),
            Self::CompressionFlag { .. } | Self::Incomplete | Self::Gzip { .. } => {
                Status::invalid_argument(text)
            }
            // The client is gone and receives nothing.
            Self::Disconnected => Status::cancelled(text),
        }
    }
}
