//! The codec of all calls: bytes go out as they are, and the answer is read as the protocol's
//! `Commands`, to which nobody listens yet.

use bytes::{Buf, BufMut, Bytes};
use prost::Message as _;
use skywalking_proto::v3::Commands;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Messages that are encoded already.
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
        // An answer is an answer: what was sent has arrived, whatever the backend says about it.
        Ok(Some(Commands::decode(answer).unwrap_or_default()))
    }
}
