//! The ids of the current span in the records that the wrapped logger receives.

/// How the wrapped logger receives the ids of the current span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ids {
    /// Not at all: the records are unchanged.
    #[default]
    None,
    /// `[TID:<trace id>] ` before the message, or `[TID:N/A] ` without a trace.
    Tid,
    /// `SW_CTX:[<service>,<instance>,<trace id>,<segment id>,<span id>] ` before the message, or
    /// `SW_CTX:N/A ` without a trace.
    SwCtx,
    /// The key-value pairs `trace_id`, `segment_id` and `span_id`, for loggers that write pairs,
    /// for example as JSON. None without a trace.
    #[cfg(feature = "kv")]
    Pairs,
}
