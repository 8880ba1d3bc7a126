//! Why a segment is refused.

use skywalking_proto::rules::Violation;

/// The reason for refusing a segment. It is sent to the agent, so it names the value and the fix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SegmentError {
    /// The bytes are not an encoded segment.
    #[error("not a SegmentObject: {reason}; send skywalking.v3.SegmentObject as protobuf")]
    Malformed { reason: String },
    /// The segment needs more memory than the whole store may use.
    #[error(
        "the segment needs {bytes} bytes of memory, and the store has {max_bytes}: send smaller segments, or raise --max-bytes (SW_COLLECTOR_MAX_BYTES)"
    )]
    TooLarge { bytes: usize, max_bytes: usize },
    /// The segment has more spans than the whole store keeps.
    #[error(
        "the segment has {spans} spans, and the store keeps {max_spans}: send smaller segments, or raise --max-spans (SW_COLLECTOR_MAX_SPANS)"
    )]
    TooManySpans { spans: usize, max_spans: usize },
    /// A real OAP would lose the segment (`docs/protocol.md#silent-data-loss`).
    #[error("{0}")]
    LostByOap(Violation),
}

impl SegmentError {
    /// The bytes are not protobuf, or they are cut off.
    pub(crate) fn invalid_protobuf() -> Self {
        Self::Malformed { reason: "invalid protobuf, or cut off inside a field".to_owned() }
    }
}
