//! `collect` and `collectInSync`: each segment is judged alone, what is good is kept, and a call
//! with anything bad in it ends with `INVALID_ARGUMENT` and the first reason.

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use super::single;
use crate::shared::Shared;
use crate::verdict::Verdict;
use crate::wire;

pub(super) async fn collect(
    shared: &Shared,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let mut verdict = Verdict::default();
    while let Some(message) = messages.next().await? {
        verdict.add(shared.segment(&message));
    }
    verdict.result().map_err(Status::invalid_argument)
}

pub(super) async fn collect_in_sync(
    shared: &Shared,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = single(messages).await?;
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
