//! Context propagation across processes: carriers and headers.
//!
//! [`carrier`] reads and writes headers in any container, and [`incoming`] holds the headers of a
//! request. [`sw8`] is the trace context, [`correlation`] the program's key-value pairs,
//! [`extension`] the header `sw8-x`, and [`w3c`] the headers of other tracers. [`baggage`] is
//! propagated with a trace besides its ids.
//!
//! This module converts between text and plain structs. It does not know segments.

pub(crate) mod baggage;
pub(crate) mod carrier;
pub(crate) mod carriers;
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
mod reading;
pub(crate) mod sw8;
pub(crate) mod w3c;
