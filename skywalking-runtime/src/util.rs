//! What the other modules share: clocks, ids, text, Base64, counters, and what runs the program's
//! own code without letting its panics out. Uses nothing above itself but [`sys`](crate::sys).

pub(crate) mod base64;
pub(crate) mod catch_panic;
pub(crate) mod clock;
pub(crate) mod coarse_clock;
pub(crate) mod diagnostics;
pub(crate) mod id;
pub(crate) mod sync;
pub(crate) mod text;
