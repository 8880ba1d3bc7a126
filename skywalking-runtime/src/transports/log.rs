//! The log transport: writes each segment, log and event as one line of JSON to standard error.
//!
//! Standard error may block, for example a pipe that is not read. So each batch is written on its
//! own thread, one at a time in the process, and the worker's deadlines apply as for a network.

use std::io::{self, Write};

use tokio::sync::Semaphore;

use super::offload::offload;
use crate::management::ManagementMessage;
use crate::report::json;
use crate::report::transport::{Call, Messages, Outcome, Transport};
use crate::sys::PerProcess;

/// Limits the process to one writer, for all agents: a second one would block on the same pipe.
static WRITER: PerProcess<Semaphore> = PerProcess::new(|| Semaphore::new(1));

/// Writes messages to standard error.
#[derive(Debug)]
pub(crate) struct Log;

impl Transport for Log {
    fn addresses(&self) -> usize {
        1
    }

    fn address(&self) -> String {
        "standard error".to_owned()
    }

    fn next_backend(&mut self) {}

    /// Sends nothing, since standard error has no use for it.
    fn send_management(&mut self, _: ManagementMessage) -> Call {
        Box::pin(std::future::ready(Outcome::Taken))
    }

    fn send(&mut self, messages: Messages) -> Call {
        Box::pin(async move {
            let Ok(permit) = WRITER.get().acquire().await else {
                return Outcome::Failed("the log is closed".to_owned());
            };
            let written = offload("skywalking-stderr", move || {
                let _permit = permit;
                write(messages, &mut io::stderr())
            });
            match written.await.and_then(|written| written) {
                Ok(()) => Outcome::Taken,
                Err(error) => Outcome::Failed(error.to_string()),
            }
        })
    }
}

/// Writes each line with one call, so that lines of other threads are not mixed with it.
fn write(messages: Messages, to: &mut impl Write) -> io::Result<()> {
    let (flight, signal) = (messages.flight(), messages.signal());
    for line in messages.filter_map(|message| json::line(signal, &message)) {
        to.write_all(&line)?;
    }
    flight.hand_over();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::accounts::Flight;
    use crate::report::signal::Signal;
    use bytes::Bytes;
    use prost::Message as _;
    use skywalking_proto::v3::SegmentObject;

    #[test]
    fn segments_are_written_with_one_call_each() {
        struct Calls(Vec<Vec<u8>>);
        impl Write for Calls {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.push(bytes.to_vec());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let segment = |id: &str| {
            Bytes::from(
                SegmentObject { trace_id: id.to_owned(), ..SegmentObject::default() }
                    .encode_to_vec(),
            )
        };
        let mut calls = Calls(Vec::new());
        write(
            Messages::new(Signal::Segments, vec![segment("a"), segment("b")], Flight::default()),
            &mut calls,
        )
        .unwrap();
        assert_eq!(calls.0.len(), 2);
        assert!(
            calls
                .0
                .iter()
                .all(|line| line.iter().position(|byte| *byte == b'\n') == Some(line.len() - 1))
        );
    }
}
