//! `reportInstanceProperties` and `keepAlive`: what comes is taken or refused by
//! [`crate::management`].

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use super::single;
use crate::management;
use crate::shared::Shared;

pub(super) async fn properties(
    shared: &Shared,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = single(messages).await?;
    management::properties(shared, &message).map_err(Status::invalid_argument)
}

pub(super) async fn keep_alive(
    shared: &Shared,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = single(messages).await?;
    management::keep_alive(shared, &message).map_err(Status::invalid_argument)
}
