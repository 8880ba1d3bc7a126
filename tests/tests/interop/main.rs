//! The seed scenario with agents of other projects: go2sky, the Python agent, and the crate
//! `skywalking`.
//!
//! Two services communicate by messages without headers: `RTS_Test` calls `Service_Test`. One side
//! is a program of this repository (the example `snapshot`, or `seed` of this package, which has
//! more options), and the other one is in `tests/interop/{goseed,pyseed,crateseed}`. Both report to
//! one collector. The trees show the spans of each side, and the context that it received from the
//! other.
//!
//! | file | content |
//! | --- | --- |
//! | `agents` | the agents, and how to start their programs |
//! | `play` | a client, a server, a collector, and the received traces as text |
//! | `cases` | the cases that run with every agent, on either side |
//! | `go`, `python`, `rust` | the differences of each agent, and its cases; the long ones are ignored |
//! | `java` | an idle Java program with the Java agent, with our collector |
//! | `together` | one trace and one map of all agents, as the collector's pages show them |
//! | `program` | the program `skywalking-collector`, and its JSON |
//! | `by_hand` | a Go program that writes the header field of its message itself |
//! | `chain` | one trace over HTTP servers of three languages |
//! | `wire` | the encoder's bytes, decoded by other agents |
//!
//! Long tests are ignored. `cargo test -p skywalking-tests --test interop -- --include-ignored
//! go::` runs all tests of one agent.

mod agents;
mod by_hand;
mod cases;
mod chain;
mod go;
mod java;
mod play;
mod program;
mod python;
mod rust;
mod together;
mod wire;
