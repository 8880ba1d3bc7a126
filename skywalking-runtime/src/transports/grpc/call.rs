//! One gRPC call: a stream of messages to the backend, and its answer.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::ResponseFuture;
use h2::{Reason, RecvStream, SendStream};
use http::{Request, StatusCode};
use tonic::{Code, Status};

use super::super::gzip::Gzip;
use super::super::quote::sources;
use super::channel::Channel;
use super::reply::Reply;
use crate::report::accounts::Flight;

/// How much is written at once: the payload of a frame, unless the backend allows more.
const PIECE: usize = 16 * 1024;

/// Why a call has no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The backend may have processed the call, or a part of it.
    Unknown(String),
    /// The backend stated that it has not processed the call.
    Unprocessed(String),
}

impl From<h2::Error> for Failure {
    fn from(error: h2::Error) -> Self {
        let text = sources(error.to_string(), &error);
        // A backend that closes the connection names the last call that it has processed. Only the
        // later ones get its message as their error.
        let unprocessed = error.is_remote()
            && (error.is_go_away()
                || error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM));
        if unprocessed { Self::Unprocessed(text) } else { Self::Unknown(text) }
    }
}

/// Sends the messages and reads the answer. Marks the flight, if there is one, when all messages
/// were written before the answer came.
pub(super) async fn call(
    channel: &Channel,
    request: Request<()>,
    messages: impl Iterator<Item = Bytes>,
    flight: Option<Flight>,
    gzip: Option<Gzip>,
) -> Result<Status, Failure> {
    let (channel, requests) = channel.open().await.map_err(Failure::Unknown)?;
    let channel = &channel;
    let (meter, streams) = channel.wire();
    meter.begin();
    let (response, mut body) = requests.ready().await?.send_request(request, false)?;
    let watched = streams.watch(body.stream_id().into());
    let (mut upload, mut answer) =
        (pin!(upload(channel, &mut body, messages, gzip)), pin!(answer(response)));
    let mut uploading = true;
    let status = poll_fn(|cx| {
        // A backend that answers early may also end the stream. The answer counts then.
        if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
            return Poll::Ready(answer);
        }
        if uploading {
            uploading = upload.as_mut().poll(cx).is_pending();
        }
        Poll::Pending
    })
    .await?;
    if let Some(flight) = flight.filter(|_| watched.is_written()) {
        flight.hand_over();
    }
    Ok(status)
}

/// Writes the messages and ends the stream, unless the backend ends it first. Takes a message only
/// when there is space for its first byte.
async fn upload(
    channel: &Channel,
    body: &mut SendStream<Bytes>,
    messages: impl Iterator<Item = Bytes>,
    mut gzip: Option<Gzip>,
) -> Result<(), h2::Error> {
    let mut messages = messages.fuse().peekable();
    let mut is_taken = false;
    loop {
        // The end of the stream needs no space. Before the first piece, a peek would take a message.
        if is_taken && messages.peek().is_none() {
            return body.send_data(Bytes::new(), true);
        }
        if !has_capacity(channel, body, PIECE).await? {
            return Ok(());
        }
        let mut piece = BytesMut::with_capacity(PIECE);
        while piece.len() < PIECE {
            let Some(message) = messages.next() else { break };
            match gzip.as_mut().and_then(|gzip| gzip.shrink(&message)) {
                Some(shrunk) => put(&mut piece, 1, &shrunk),
                None => put(&mut piece, 0, &message),
            }
        }
        let mut piece = piece.freeze();
        if piece.is_empty() {
            return body.send_data(piece, true);
        }
        is_taken = true;
        while !piece.is_empty() {
            if !has_capacity(channel, body, piece.len()).await? {
                return Ok(());
            }
            let part = piece.split_to(body.capacity().min(piece.len()));
            body.send_data(part, false)?;
        }
    }
}

/// Appends a message with its head: 1 if it is compressed, and its length.
fn put(piece: &mut BytesMut, is_compressed: u8, message: &[u8]) {
    piece.put_u8(is_compressed);
    // A segment has less than 4 GiB.
    piece.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    piece.put_slice(message);
}

/// Waits until something can be written. Returns false if the backend has ended the stream.
async fn has_capacity(
    channel: &Channel,
    body: &mut SendStream<Bytes>,
    wanted: usize,
) -> Result<bool, h2::Error> {
    body.reserve_capacity(wanted);
    if body.capacity() > 0 {
        return Ok(true);
    }
    let _stalled = channel.stall();
    loop {
        match poll_fn(|cx| body.poll_capacity(cx)).await {
            Some(Ok(0)) => {}
            Some(Ok(_)) => return Ok(true),
            Some(Err(error)) => return Err(error),
            None => return Ok(false),
        }
    }
}

/// Reads the answer: its status if it is whole.
async fn answer(response: ResponseFuture) -> Result<Status, Failure> {
    let (head, mut body) = response.await?.into_parts();
    // A gRPC server always answers with 200. Another status comes from a proxy or a web server.
    if head.status != StatusCode::OK {
        let status = head.status;
        let problem = format!("HTTP status {status} from a server that does not speak gRPC");
        return Err(Failure::Unknown(problem));
    }
    if let Some(status) = Status::from_header_map(&head.headers)
        && status.code() != Code::Ok
    {
        return Ok(status);
    }
    let reply = read(&mut body).await?;
    let Some(trailers) = body.trailers().await? else {
        return Err(Failure::Unknown("the answer has no status".to_owned()));
    };
    match Status::from_header_map(&trailers) {
        None => Err(Failure::Unknown("the answer has no status".to_owned())),
        Some(status) if status.code() == Code::Ok => {
            reply.check().map_err(|problem| Failure::Unknown(problem.to_owned()))?;
            Ok(status)
        }
        Some(status) => Ok(status),
    }
}

async fn read(body: &mut RecvStream) -> Result<Reply, Failure> {
    let mut reply = Reply::default();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        reply.read(&data).map_err(Failure::Unknown)?;
    }
    Ok(reply)
}
