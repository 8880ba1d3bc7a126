//! The role of a span.

/// The role of a span: server, client or internal (`docs/protocol.md#spans`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum SpanKind {
    /// The server side of a call, or the consumer of a message.
    Entry = 0,
    /// The client side of a call, or the producer of a message.
    Exit = 1,
    /// Work inside the process.
    Local = 2,
}
