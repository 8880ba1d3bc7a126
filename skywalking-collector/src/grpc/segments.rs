//! `TraceSegmentReportService`. Segments are stored one by one. A call with a refused segment ends
//! with `INVALID_ARGUMENT` and the first reason.

use hyper::body::Incoming;
use tokio::task::yield_now;
use tonic::Status;

use super::messages::Messages;
use crate::decode;
use crate::partial_success::PartialSuccess;
use crate::state::CollectorState;

/// The number of segments after which a call lets other tasks run. Calls that send without a pause
/// would otherwise delay queries by hundreds of milliseconds.
const SEGMENTS_OF_A_TURN: usize = 8;

pub(super) async fn collect(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let mut results = PartialSuccess::of("segments");
    let mut stored = 0_usize;
    while let Some(message) = messages.next().await? {
        results.add(state.add_segment(&message));
        stored += 1;
        if stored.is_multiple_of(SEGMENTS_OF_A_TURN) {
            yield_now().await;
        }
    }
    results.into_result().map_err(Status::invalid_argument)
}

pub(super) async fn collect_in_sync(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let message = messages.single().await?;
    let mut results = PartialSuccess::of("segments");
    for (at, segment) in decode::collection(&message).enumerate() {
        if at % SEGMENTS_OF_A_TURN == SEGMENTS_OF_A_TURN - 1 {
            yield_now().await;
        }
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
