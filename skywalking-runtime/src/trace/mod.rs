//! Spans over calls, futures and streams: what the attributes expand to and what programs call.
//!
//! In the order in which a span meets them: [`opening`] (its arguments, and whether it is
//! recorded), [`prepared`] (the same for later), [`opening_span`] (the same for middleware), [`scope`]
//! (a span on a thread), [`traced`] (a span over a future), [`root`], [`builder`] and
//! [`child_guard`] (the same by hand), [`current`], [`returned`], [`made`], [`failure`] and [`panic_hook`] (errors and panics),
//! [`snapshot`] (other tasks and threads), [`detached`] (spans that end by a handle), [`orphans`].
//!
//! Nothing here takes a lock: clippy denies the types.
#![deny(clippy::disallowed_types)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

pub(crate) mod autoref;
pub(crate) mod builder;
pub(crate) mod child_guard;
pub(crate) mod correlation;
pub(crate) mod current;
pub(crate) mod deferred_span;
pub(crate) mod detached;
pub(crate) mod failure;
pub(crate) mod inject;
pub(crate) mod made;
pub(crate) mod opening;
pub(crate) mod opening_span;
pub(crate) mod orphans;
pub(crate) mod panic_hook;
pub(crate) mod root;
pub(crate) mod scope;
pub(crate) mod snapshot;
#[cfg(feature = "tokio")]
pub(crate) mod spawn;
pub(crate) mod traced;
