//! The messages of a call, read off its body: each a byte that says whether it is packed, four
//! bytes of length, and the message. What has come of a message counts in the budget, and so does
//! what it is unpacked to.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::HeaderMap;
use bytes::{Buf as _, Bytes, BytesMut};
use http_body::Body;
use tokio::time::{Instant, timeout_at};
use tonic::Status;

use crate::budget::{Buffer, Full};
use crate::config::MESSAGE_LIMIT;
use crate::gzip;
use crate::names::quoted;
use crate::serve::Connection;
use crate::shared::Shared;

const PREFIX: usize = 5;

#[derive(Debug)]
pub(super) struct Messages<B> {
    shared: Arc<Shared>,
    connection: Arc<Connection>,
    gzip: bool,
    body: B,
    /// What has come and belongs to no message yet: less than a frame.
    rest: Bytes,
}

impl<B: Body<Data = Bytes, Error: std::fmt::Display> + Unpin> Messages<B> {
    pub(super) fn new(
        shared: Arc<Shared>,
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
                        "the encoding {} is not known: send gzip, or messages as they are",
                        quoted(other)
                    ));
                    status.metadata_mut().insert(
                        "grpc-accept-encoding",
                        tonic::metadata::MetadataValue::from_static("identity,gzip"),
                    );
                    return Err(status);
                }
            };
        Ok(Self { shared, connection, gzip, body, rest: Bytes::new() })
    }

    /// The next message; `None` at the end of the call. What is wrong is counted as refused.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let read = self.read().await;
        if read.as_ref().is_err_and(|broken| *broken != Broken::Gone) {
            self.shared.refused();
        }
        read.map_err(Broken::status)
    }

    async fn read(&mut self) -> Result<Option<Bytes>, Broken> {
        // Between two messages an agent may take its time; the connection counts as idle.
        if self.rest.is_empty() {
            match self.frame().await? {
                Some(frame) => self.rest = frame,
                None => return Ok(None),
            }
        }
        let timeout = self.connection.timeouts().message;
        let whole = timeout_at(Instant::now() + timeout, self.message()).await;
        whole.unwrap_or(Err(Broken::Slow { seconds: timeout.as_secs() })).map(Some)
    }

    async fn message(&mut self) -> Result<Bytes, Broken> {
        let (packed, length) = self.prefix().await?;
        if length > MESSAGE_LIMIT {
            return Err(Broken::TooLarge { length });
        }
        let mut message = self.shared.budget().buffer();
        loop {
            let taken = self.rest.split_to(self.rest.len().min(length - message.len()));
            message.extend(&taken, length).await?;
            drop(taken);
            if message.len() == length {
                break;
            }
            self.rest = self.frame().await?.ok_or(Broken::Cut)?;
        }
        if packed {
            self.unpack(&message).map(Buffer::into_bytes)
        } else {
            Ok(message.into_bytes())
        }
    }

    /// Whether the message is packed, and its length.
    async fn prefix(&mut self) -> Result<(bool, usize), Broken> {
        let mut prefix = BytesMut::with_capacity(PREFIX);
        loop {
            let taken = self.rest.split_to(self.rest.len().min(PREFIX - prefix.len()));
            prefix.extend_from_slice(&taken);
            if prefix.len() == PREFIX {
                break;
            }
            self.rest = self.frame().await?.ok_or(Broken::Cut)?;
        }
        let packed = match prefix.get_u8() {
            0 => false,
            1 if self.gzip => true,
            flag => return Err(Broken::Flag { flag }),
        };
        Ok((packed, usize::try_from(prefix.get_u32()).unwrap_or(usize::MAX)))
    }

    fn unpack(&self, packed: &Buffer) -> Result<Buffer, Broken> {
        let mut unpacked = self.shared.budget().buffer();
        gzip::unpack(packed.as_ref(), &mut unpacked, MESSAGE_LIMIT).map_err(
            |error| match error {
                gzip::Error::Full(full) => Broken::Busy(full),
                gzip::Error::TooLarge { limit } => Broken::TooLarge { length: limit },
                gzip::Error::Broken { reason } => Broken::Gzip { reason },
            },
        )?;
        Ok(unpacked)
    }

    /// The next piece that is not empty.
    async fn frame(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            let frame = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await;
            self.connection.touch();
            match frame {
                None => return Ok(None),
                Some(Err(_)) => return Err(Broken::Gone),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if data.is_empty() => {}
                    Ok(data) => return Ok(Some(data)),
                    // Trailers of a request: the end.
                    Err(_) => return Ok(None),
                },
            }
        }
    }
}

/// Why no message came. What came before stays.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Broken {
    #[error(
        "a message of {length} bytes or more is too large, limit is: {MESSAGE_LIMIT} bytes: send smaller batches"
    )]
    TooLarge { length: usize },
    #[error(transparent)]
    Busy(#[from] Full),
    #[error("a message did not come within {seconds} s: send it at once")]
    Slow { seconds: u64 },
    #[error(
        "not a gRPC message: its first byte is {flag}, which says that it is packed in a way that the call does not name: send 0"
    )]
    Flag { flag: u8 },
    #[error("not a gRPC message: the call ends inside of it")]
    Cut,
    #[error("not a gRPC message: it is no gzip, which its first byte says it is: {reason}")]
    Gzip { reason: String },
    #[error("the connection or the call was ended")]
    Gone,
}

impl Broken {
    fn status(self) -> Status {
        let text = self.to_string();
        match self {
            Self::TooLarge { .. } | Self::Busy(_) => Status::resource_exhausted(text),
            Self::Slow { .. } => Status::deadline_exceeded(text),
            Self::Flag { .. } | Self::Cut | Self::Gzip { .. } => Status::invalid_argument(text),
            // Nobody hears this.
            Self::Gone => Status::cancelled(text),
        }
    }
}
