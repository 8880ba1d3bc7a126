//! Tests the worker and the gRPC transport in a simulated network and simulated time.
//!
//! An agent ([`agent`]) takes segments from a [`generator`](super::generator), and reports them to a [`backend`] by
//! the connections of `turmoil`. A seed decides everything: the load, the faults of the network and
//! of the backend, and the delays ([`seeds`]). [`many_agents`] has a thousand agents and one
//! backend.
//!
//! The traced program is not simulated, nor are the look-up of names, TLS, and the operating
//! system's buffers of a connection.

mod agent;
mod backend;
mod fault;
mod many_agents;
mod network;
mod random;
mod scenario;
mod seeds;
