//! Shared by all other modules: clocks, ids, text, Base64, counters, and catching panics of the
//! program's code. Uses no other module than [`sys`](crate::sys).

pub(crate) mod base64;
pub(crate) mod catch_panic;
pub(crate) mod clock;
pub(crate) mod coarse_clock;
pub(crate) mod diagnostics;
pub(crate) mod exchange_cell;
pub(crate) mod id;
pub(crate) mod push_list;
pub(crate) mod static_list;
pub(crate) mod sync;
pub(crate) mod text;
