//! Reports other than traces. They are answered as an OAP does, counted by kind, and not stored.

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use crate::api::NotKept;
use crate::decode;
use crate::state::CollectorState;

/// Counts the only message of a call.
pub(super) async fn unary(
    state: &CollectorState,
    kind: NotKept,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = messages.single().await?;
    count(state, kind, &message)
}

/// Counts all messages of a call.
pub(super) async fn stream(
    state: &CollectorState,
    kind: NotKept,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    while let Some(message) = messages.next().await? {
        count(state, kind, &message)?;
    }
    Ok(())
}

/// Counts the first message of a call. Returns `false` if the call has none.
pub(super) async fn first(
    state: &CollectorState,
    kind: NotKept,
    messages: &mut Messages<Incoming>,
) -> Result<bool, Status> {
    match messages.next().await? {
        Some(message) => count(state, kind, &message).map(|()| true),
        None => Ok(false),
    }
}

fn count(state: &CollectorState, kind: NotKept, message: &[u8]) -> Result<(), Status> {
    if decode::is_protobuf(message) {
        state.count_not_kept(kind, 1);
        return Ok(());
    }
    state.count_refused();
    Err(Status::invalid_argument("invalid protobuf, or cut off inside a field"))
}
