//! Why a log, a batch of meters or an event is refused.

use skywalking_proto::rules::RecordRule;

/// The reason for refusing a record. It is sent to the agent, so it names the value and the fix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecordError {
    /// The bytes are not an encoded message.
    #[error("not {what}: {reason}; send skywalking.v3.{message} as protobuf")]
    Malformed { what: &'static str, message: &'static str, reason: String },
    /// The record needs more memory than the store has for all of its kind.
    #[error(
        "{what} needs {bytes} bytes of memory, and the store has {max_bytes}: send smaller records, or raise --max-bytes (SW_COLLECTOR_MAX_BYTES)"
    )]
    TooLarge { what: &'static str, bytes: usize, max_bytes: usize },
    /// A real OAP would drop the record (`docs/protocol.md`).
    #[error("{0}")]
    LostByOap(RecordRule),
}
