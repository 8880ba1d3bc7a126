//! `LogReportService`, `MeterReportService` and `EventService`. Valid records are stored although
//! others of the same call are refused. A call with a refused one ends with `INVALID_ARGUMENT` and
//! the first reason.

use hyper::body::Incoming;
use skywalking_proto::v3::MeterData;
use tokio::task::yield_now;
use tonic::Status;

use super::messages::Messages;
use crate::budget::Reservation;
use crate::decode::{self, Decoded};
use crate::partial_success::PartialSuccess;
use crate::record_error::RecordError;
use crate::state::{CollectorState, LogStream};

/// The number of records after which a call lets other tasks run.
const RECORDS_OF_A_TURN: usize = 32;

pub(super) async fn logs(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let mut stream = LogStream::default();
    each(messages, "logs", |message| state.add_log(message, &mut stream)).await
}

pub(super) async fn events(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    each(messages, "events", |message| state.add_event(message)).await
}

/// Each message is a batch.
pub(super) async fn meter_batches(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let max_bytes = state.limits().meters_bytes();
    each(messages, "batches", |message| {
        let batch =
            decode::meters(message, max_bytes).inspect_err(|_| state.count_meter_refused())?;
        state.add_meters(batch.message.meter_data)
    })
    .await
}

async fn each(
    messages: &mut Messages<Incoming>,
    noun: &'static str,
    mut add: impl FnMut(&[u8]) -> Result<(), RecordError>,
) -> Result<(), Status> {
    let mut results = PartialSuccess::of(noun);
    let mut read = 0_usize;
    while let Some(message) = messages.next().await? {
        results.add(add(&message));
        read += 1;
        if read.is_multiple_of(RECORDS_OF_A_TURN) {
            yield_now().await;
        }
    }
    results.into_result().map_err(Status::invalid_argument)
}

/// All messages of the call are one batch, which is stored at its end. The OAP stores also the batch
/// of a call that is cut off.
pub(super) async fn meters(
    state: &CollectorState,
    messages: &mut Messages<Incoming>,
) -> Result<(), Status> {
    let mut batch = Batch::new(state);
    let mut results = PartialSuccess::of("meters");
    let end = loop {
        let message = match messages.next().await {
            Ok(Some(message)) => message,
            Ok(None) => break Ok(()),
            Err(status) => break Err(status),
        };
        match batch.add(&message).await {
            Ok(()) => results.add(Ok::<_, RecordError>(())),
            Err(BatchError::Record(error)) => {
                state.count_meter_refused();
                results.add(Err(error));
            }
            Err(BatchError::Status(status)) => {
                state.count_meters_refused(batch.meters.len() as u64 + 1);
                return Err(status);
            }
        }
        if batch.meters.len().is_multiple_of(RECORDS_OF_A_TURN) {
            yield_now().await;
        }
    };
    if !batch.meters.is_empty() {
        let stored = state.add_meters(std::mem::take(&mut batch.meters));
        if let Err(error) = stored {
            return Err(Status::invalid_argument(error.to_string()));
        }
    }
    end?;
    results.into_result().map_err(Status::invalid_argument)
}

/// The meters of a call until its end. They count in the memory budget.
struct Batch<'a> {
    state: &'a CollectorState,
    meters: Vec<MeterData>,
    bytes: usize,
    memory: Reservation,
}

enum BatchError {
    Record(RecordError),
    Status(Status),
}

impl<'a> Batch<'a> {
    fn new(state: &'a CollectorState) -> Self {
        let memory = state.budget().reservation();
        Self { state, meters: Vec::new(), bytes: 0, memory }
    }

    async fn add(&mut self, message: &[u8]) -> Result<(), BatchError> {
        let max_bytes = self.state.limits().meters_bytes();
        let Decoded { message, bytes } =
            decode::meter(message, max_bytes).map_err(BatchError::Record)?;
        // The vector grows by doubling.
        self.bytes = self.bytes.saturating_add(bytes).saturating_add(2 * size_of::<MeterData>());
        if self.bytes > max_bytes {
            let (what, bytes) = ("the batch of meters", self.bytes);
            let error = RecordError::TooLarge { what, bytes, max_bytes };
            return Err(BatchError::Status(Status::resource_exhausted(error.to_string())));
        }
        let grown = self.memory.grow(self.bytes).await;
        grown.map_err(|error| BatchError::Status(Status::resource_exhausted(error.to_string())))?;
        self.meters.push(message);
        Ok(())
    }
}
