//! What servers record and answer inside our layer: axum, plain hyper and tonic. Each test asserts
//! the whole span tree.
//!
//! A request that needs no socket is handed to the service as it is (`oneshot`). Where the
//! connection matters (upgrades, a client that goes away) there is one, on a port that the system
//! chooses. Nobody sleeps: a handler that never answers says when it has begun, and clocks
//! are stopped where a timeout is to fire.

mod axum;
mod harness;
mod hyper;
mod tonic;
