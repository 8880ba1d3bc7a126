//! Settings that spans use, as types for all modules.

/// What a local span without a parent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Orphans {
    /// It starts a trace, as in the Java agent.
    #[default]
    Trace,
    /// It is not recorded, and is counted as `orphan_skipped`.
    Skip,
}

/// How the context in the headers of an incoming request is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Inbound {
    /// The request continues the caller's trace.
    #[default]
    Accept,
    /// The request starts a new trace. For endpoints that unknown clients can reach.
    Ignore,
}

/// How the contexts of other tracers in a request are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OtherContexts {
    /// W3C's `traceparent` is recorded in the tags `w3c.trace_id` and `w3c.parent_id` of the Entry
    /// span. It is sent with the request's calls, together with `tracestate`. `x-request-id` is
    /// recorded in a tag of that name.
    #[default]
    Keep,
    /// They are ignored. This saves up to three look-ups per request.
    Ignore,
}

/// Which segments are dropped when more wait for the reporter than the queue can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// Those that end while the queue is full.
    #[default]
    DropNewest,
    /// Those that ended first, of all threads.
    ///
    /// The reporter drops them while it can send nothing, whenever more than three quarters of the
    /// queue are used. So between three quarters of the queue and all of it are kept. A segment
    /// still is dropped at its end in two cases: if segments end faster than the reporter can drop
    /// others, and if it is larger than the free space. Batches that the reporter has begun to
    /// send are not dropped by this. Segments that wait for an open
    /// [`DetachedSpan`](crate::DetachedSpan) or for a tail-sampling decision are dropped if they
    /// ended while the reporter could send nothing. Those that ended before are kept.
    DropOldest,
}

/// What is recorded for a future that is dropped before it completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Cancelled {
    /// A log `event=cancelled`. Timeouts, `select!` and clients that disconnect are not failures.
    #[default]
    Note,
    /// The log, and the span is marked as failed.
    Error,
}
