//! What crosses processes: each header in and out, of carriers of every kind, what of it the spans
//! say, and how long each text may be.

mod correlation;
mod extension;
mod limits;
mod others;
mod prelude;
mod sw8;
