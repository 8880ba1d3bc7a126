//! Propagation between processes: each header in both directions, with carriers of every kind, its
//! effect on spans, and the limits of texts.

mod correlation;
mod extension;
mod limits;
mod others;
mod prelude;
mod sw8;
