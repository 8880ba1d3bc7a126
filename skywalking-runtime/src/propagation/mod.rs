//! How a context crosses processes: the carriers that hold headers, and the three headers.
//!
//! [`carrier`] is how headers are read and written wherever they are kept, [`received`] what came
//! in one; [`sw8`] is the trace, [`correlation`] what the program sends along with it,
//! [`extension`] the rest, [`others`] what other tracers send beside it; [`passed`] is what of that
//! goes on to the next. This room knows the wire's text and nothing of how spans nest.

pub(crate) mod baggage;
pub(crate) mod carrier;
mod carriers;
pub(crate) mod closures;
pub(crate) mod correlation;
pub(crate) mod extension;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz_properties;
#[cfg(feature = "carrier-http")]
mod header_map;
pub(crate) mod incoming;
#[cfg(feature = "carrier-tonic")]
mod metadata_map;
pub(crate) mod sw8;
pub(crate) mod w3c;
