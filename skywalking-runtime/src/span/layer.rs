//! The technology that a span talks to.

use std::fmt;

/// The technology that a span talks to (`docs/protocol.md#span-layers`). On an exit span it decides
/// what the peer becomes on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum SpanLayer {
    /// None of the others. The default.
    Unknown = 0,
    /// A database.
    Database = 1,
    /// A remote procedure call.
    Rpc = 2,
    /// HTTP.
    Http = 3,
    /// A message queue.
    Mq = 4,
    /// A cache.
    Cache = 5,
    /// A function as a service.
    Faas = 6,
    /// A generative model.
    GenAi = 7,
}

impl SpanLayer {
    /// Returns the name in the protocol: `Unknown`, `Database`, `RPCFramework`, `Http`, `MQ`,
    /// `Cache`, `FAAS` or `GenAI`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::Database => "Database",
            Self::Rpc => "RPCFramework",
            Self::Http => "Http",
            Self::Mq => "MQ",
            Self::Cache => "Cache",
            Self::Faas => "FAAS",
            Self::GenAi => "GenAI",
        }
    }
}

impl fmt::Display for SpanLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
