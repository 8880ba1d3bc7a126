//! The server's side of gRPC over HTTP/2, for backends that fail on purpose.

use bytes::{Bytes, BytesMut};
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Response};

/// The length of a message's head: whether it is compressed, and its length.
const HEAD: usize = 5;

/// Removes the first message of the body of a call, if it is whole.
pub fn next_message(body: &mut BytesMut) -> Option<BytesMut> {
    let length = body.get(1..HEAD)?.try_into().ok().map(u32::from_be_bytes)?;
    let end = HEAD + usize::try_from(length).ok()?;
    (body.len() >= end).then(|| body.split_to(end).split_off(HEAD))
}

/// Answers a call with an empty message and this status.
///
/// # Errors
/// If the client has ended the call.
pub fn reply(mut answer: SendResponse<Bytes>, status: &'static str) -> Result<(), h2::Error> {
    let mut head = Response::new(());
    head.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    let mut body = answer.send_response(head, false)?;
    body.send_data(Bytes::from_static(&[0; HEAD]), false)?;
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    body.send_trailers(trailers)
}
