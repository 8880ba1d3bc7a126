//! Spans and responses of servers with our layer: axum, hyper and tonic. Each test compares the
//! whole span tree.
//!
//! A request that needs no socket is passed to the service (`oneshot`). Tests of connections
//! (upgrades, disconnected clients) use a free port. Tests do not sleep: a handler that never
//! responds signals its start, and clocks are paused for timeouts.

mod axum;
mod harness;
mod hyper;
mod tonic;
