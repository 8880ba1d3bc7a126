//! The technology that a span talks to.

/// The technology that a span talks to (`docs/protocol.md#span-layers`). On an exit span it decides
/// what the peer becomes on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
