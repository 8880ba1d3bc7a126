//! Recognizes that a message was too large for the backend.
//!
//! The limit is one of a message, and a batch is a stream with a message for each segment. The
//! backend may have processed the messages before the large one. So the batch is refused and not
//! halved (`docs/adr/0024-only-http-halves-batches.md`), and the backend is not overloaded.

use tonic::{Code, Status};

use crate::report::signal::Signal;

/// Parts of the texts of grpc-java (`gRPC message exceeds maximum size 4194304: 5118829`, with
/// `Decompressed` in front of it also), of grpc-go and the languages on top of the gRPC core (`grpc:
/// received message larger than max (4561623 vs. 4194304)`), and of tonic (`decoded message length
/// too large: found 59542869 bytes, the limit is: 33554432 bytes`).
const TEXTS: [&str; 3] = ["exceeds maximum size", "larger than max", "too large"];

/// Returns true if the status states that a message was too large.
pub(super) fn is_exceeded(status: &Status) -> bool {
    matches!(status.code(), Code::ResourceExhausted | Code::OutOfRange)
        && TEXTS.iter().any(|text| status.message().contains(text))
}

/// Adds the size of the largest message of the batch, and the setting to change.
pub(super) fn explained(problem: &str, signal: Signal, largest: usize) -> String {
    if signal != Signal::Segments {
        let item = signal.item();
        return format!(
            "{problem} (the largest {item} of the batch has {largest} bytes; raise the limit of the backend)"
        );
    }
    format!(
        "{problem} (the largest segment of the batch has {largest} bytes; raise the limit of the backend, or lower Config::max_spans_per_segment (SW_AGENT_SPAN_LIMIT))"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_servers_are_recognized() {
        for (code, text) in [
            (Code::ResourceExhausted, "gRPC message exceeds maximum size 4194304: 5118829"),
            (Code::ResourceExhausted, "Decompressed gRPC message exceeds maximum size 4194304"),
            (Code::ResourceExhausted, "grpc: received message larger than max (9 vs. 4)"),
            (Code::ResourceExhausted, "Received message larger than max (9 vs 4)"),
            (
                Code::OutOfRange,
                "Error, decoded message length too large: found 9 bytes, the limit is: 4 bytes",
            ),
        ] {
            assert!(is_exceeded(&Status::new(code, text)), "{text}");
            assert!(!is_exceeded(&Status::new(Code::Unavailable, text)), "{text}");
        }
        assert!(!is_exceeded(&Status::resource_exhausted("Watermark exceeded")));
    }
}
