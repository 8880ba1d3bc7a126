//! `ManagementService`.

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use crate::management;
use crate::state::CollectorState;

pub(super) async fn properties(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = messages.single().await?;
    management::properties(state, &message).map_err(Status::invalid_argument)
}

pub(super) async fn keep_alive(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = messages.single().await?;
    management::keep_alive(state, &message).map_err(Status::invalid_argument)
}
