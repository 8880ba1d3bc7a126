//! `collect` and `collectInSync`: each segment is judged alone, what is good is kept, and a call with anything bad in it
//! ends with `INVALID_ARGUMENT` and the first reason.

use std::sync::Arc;

use bytes::Bytes;
use tonic::{Status, Streaming};

use super::{broken, single};
use crate::shared::Shared;
use crate::verdict::Verdict;
use crate::wire;

pub(super) async fn collect(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let mut verdict = Verdict::default();
    loop {
        match stream.message().await {
            Ok(Some(message)) => verdict.add(shared.segment(&message)),
            Ok(None) => return verdict.result().map_err(Status::invalid_argument),
            Err(status) => return Err(broken(&shared, &status)),
        }
    }
}

pub(super) async fn collect_in_sync(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let message = single(&shared, &mut stream).await?;
    let mut verdict = Verdict::default();
    for segment in wire::collection(&message) {
        verdict.add(match segment {
            Ok(bytes) => shared.segment(bytes),
            Err(refusal) => {
                shared.refused();
                Err(refusal)
            }
        });
    }
    verdict.result().map_err(Status::invalid_argument)
}
