//! What agents report beside traces: answered as an OAP does it, counted by kind, and not kept.

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use super::single;
use crate::shared::Shared;
use crate::store::Unkept;
use crate::wire;

pub(super) async fn one(
    shared: &Shared,
    kind: Unkept,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = single(messages).await?;
    count(shared, kind, &message)
}

pub(super) async fn many(
    shared: &Shared,
    kind: Unkept,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    while let Some(message) = messages.next().await? {
        count(shared, kind, &message)?;
    }
    Ok(())
}

/// The first message of a call, if there is one.
pub(super) async fn first(
    shared: &Shared,
    kind: Unkept,
    messages: &mut Messages<Incoming>,
) -> Result<bool, Status> {
    match messages.next().await? {
        Some(message) => count(shared, kind, &message).map(|()| true),
        None => Ok(false),
    }
}

fn count(shared: &Shared, kind: Unkept, message: &[u8]) -> Result<(), Status> {
    if wire::is_message(message) {
        shared.unkept(kind, 1);
        return Ok(());
    }
    shared.refused();
    Err(Status::invalid_argument(
        "not a protobuf message: the bytes end inside a field, or are no protobuf at all",
    ))
}
