//! Settings that spans ask for, as types that every module can use.

/// What a local span does where there is no context to be a child in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Orphans {
    /// It begins a trace, as in the Java agent.
    #[default]
    Trace,
    /// It does nothing and is counted as `orphan_skipped`.
    Skip,
}

/// What is done with the context in the headers of an incoming request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Inbound {
    /// The trace goes on.
    #[default]
    Accept,
    /// A new trace begins: for endpoints that strangers can reach.
    Ignore,
}

/// What is done with the contexts of other tracers that come with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OtherContexts {
    /// W3C's `traceparent` is told in the tags `w3c.trace_id` and `w3c.parent_id` of the Entry
    /// span, and goes on with the calls below, and so does its `tracestate`. `x-request-id` is
    /// told in a tag of that name.
    #[default]
    Keep,
    /// They are not looked at: up to three look-ups a request are saved.
    Ignore,
}

/// What a future that is dropped unfinished says on its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Cancelled {
    /// A log `event=cancelled`. Timeouts, `select!` and clients that go away are no failures.
    #[default]
    Note,
    /// The log, and the span counts as failed.
    Error,
}
