//! The role of a span.

use std::fmt;

/// The role of a span: server, client or internal (`docs/protocol.md#spans`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

impl SpanKind {
    /// Returns the name in the protocol: `Entry`, `Exit` or `Local`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "Entry",
            Self::Exit => "Exit",
            Self::Local => "Local",
        }
    }
}

impl fmt::Display for SpanKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
