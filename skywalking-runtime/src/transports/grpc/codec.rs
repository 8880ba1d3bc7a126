//! The codec of all calls. It sends bytes unchanged, and decodes the answer as the protocol's
//! `Commands`, which are not used yet.

use bytes::{Buf, BufMut, Bytes};
use prost::Message as _;
use skywalking_proto::v3::Commands;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Encoded messages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Commands;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Commands;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Commands>, Status> {
        let answer = from.copy_to_bytes(from.remaining());
        // Any answer confirms the batch, whatever its contents are.
        Ok(Some(Commands::decode(answer).unwrap_or_default()))
    }
}
