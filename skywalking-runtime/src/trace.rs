//! Spans of calls, futures and streams: the code that the attributes expand to, and the API that
//! programs call.
//!
//! - [`opening`], [`deferred_span`], [`opening_span`]: a span before it opens: its arguments, and
//!   whether it is recorded
//! - [`scope`], [`traced`]: a span of a call, of a future or a stream
//! - [`builder`], [`child_guard`], [`root`]: spans that the program opens itself
//! - [`current`], [`correlation`], [`inject`]: what the program reads and adds
//! - [`autoref`], [`error_forms`], [`made`], [`failure`], [`panic_hook`]: returned values, errors
//!   and panics
//! - [`snapshot`], [`detached`]: other tasks and threads, spans that end by a handle
//! - [`movable`]: spans that are entered and left by hand, for bridges from other libraries
//! - [`span_context`]: the ids of the current span, for log lines
//! - [`orphans`]: Local spans without a parent
//!
//! Nothing here takes a lock: clippy denies the types.
#![deny(clippy::disallowed_types)]

pub(crate) mod autoref;
pub(crate) mod builder;
pub(crate) mod child_guard;
pub(crate) mod correlation;
pub(crate) mod current;
pub(crate) mod deferred_span;
pub(crate) mod detached;
pub(crate) mod error_forms;
pub(crate) mod failure;
pub(crate) mod inject;
pub(crate) mod made;
pub(crate) mod movable;
pub(crate) mod opening;
pub(crate) mod opening_span;
pub(crate) mod orphans;
pub(crate) mod panic_hook;
pub(crate) mod root;
pub(crate) mod scope;
pub(crate) mod snapshot;
pub(crate) mod span_context;
#[cfg(feature = "tokio")]
pub(crate) mod spawn;
pub(crate) mod traced;
