//! The heart: segments without locks.
//!
//! In the order in which a span meets them: [`callsite`] (what is known at compile time),
//! [`opening`] (arguments, the decision), [`prepared`] (the same for later), [`describe`] (the same
//! for middleware), [`scope`] (a span on a thread), [`traced`] (a span over a future), [`root`] and
//! [`child`] (the same by hand), [`current`] (the active span at hand), [`returned`], [`made`],
//! [`failure`] and [`panic_hook`] (errors, panics), [`snapshot`] (crossing tasks and threads),
//! [`detached`] (spans that end by a handle). Below them: [`segment`] with its
//! [`record`]s, the [`slot`] that holds it, [`lost`] for roots that do not find theirs there,
//! [`foreign`] for tasks that find another one's, [`orphans`] and [`misuse`] for what programs are
//! told about, the [`thread`] that keeps used ones, and the [`outbox`] through which it leaves.
//!
//! This room does not know how a segment is encoded or sent, and takes no lock: clippy denies the
//! types.
#![deny(clippy::disallowed_types)]

pub(crate) mod callsite;
pub(crate) mod child;
pub mod component;
pub(crate) mod current;
pub(crate) mod describe;
pub(crate) mod detached;
pub(crate) mod failure;
pub(crate) mod foreign;
pub(crate) mod lost;
pub(crate) mod made;
pub(crate) mod misuse;
pub(crate) mod opening;
pub(crate) mod orphans;
pub(crate) mod outbox;
pub(crate) mod panic_hook;
pub(crate) mod prepared;
pub(crate) mod quiet;
pub(crate) mod record;
pub(crate) mod returned;
pub(crate) mod root;
pub(crate) mod sampler;
pub(crate) mod scope;
pub(crate) mod segment;
pub(crate) mod slot;
pub(crate) mod snapshot;
#[cfg(feature = "tokio")]
pub(crate) mod spawn;
pub(crate) mod tag;
pub(crate) mod thread;
pub(crate) mod traced;
pub(crate) mod trial;

pub(crate) use thread::never_trace_this_thread;
