//! `reportInstanceProperties` and `keepAlive`: what comes is taken or refused by [`crate::management`].

use std::sync::Arc;

use bytes::Bytes;
use tonic::{Status, Streaming};

use super::single;
use crate::management;
use crate::shared::Shared;

pub(super) async fn properties(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let message = single(&shared, &mut stream).await?;
    management::properties(&shared, &message).map_err(Status::invalid_argument)
}

pub(super) async fn keep_alive(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let message = single(&shared, &mut stream).await?;
    management::keep_alive(&shared, &message).map_err(Status::invalid_argument)
}
