//! `TraceSegmentReportService`. Segments are stored one by one. A call with a refused segment ends
//! with `INVALID_ARGUMENT` and the first reason.

use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use crate::decode;
use crate::partial_success::PartialSuccess;
use crate::state::CollectorState;

pub(super) async fn collect(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let mut results = PartialSuccess::default();
    while let Some(message) = messages.next().await? {
        results.add(state.add_segment(&message));
    }
    results.into_result().map_err(Status::invalid_argument)
}

pub(super) async fn collect_in_sync(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = messages.single().await?;
    let mut results = PartialSuccess::default();
    for segment in decode::collection(&message) {
        results.add(match segment {
            Ok(bytes) => state.add_segment(bytes),
            Err(error) => {
                state.count_refused();
                Err(error)
            }
        });
    }
    results.into_result().map_err(Status::invalid_argument)
}
