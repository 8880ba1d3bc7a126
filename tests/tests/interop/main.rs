//! The seed scenario with agents that this repository did not write: go2sky, the Python agent, and
//! the crate `skywalking`.
//!
//! Two services talk by messages that have no headers: `RTS_Test` asks, `Service_Test` answers.
//! Either side is this repository's (the example `snapshot`, or the program `seed` of this package,
//! which has more shapes) and the other one of `tests/interop/{goseed,pyseed,crateseed}`.
//! Both report to one collector, and the trees say what each reports and what it read of the other.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `agents` | who plays, and how each is started |
//! | `play` | a client, a server, a collector, and what arrives there, as text |
//! | `cases` | what every agent is played through, on either side |
//! | `go`, `python`, `rust` | what is each agent's own, and its cases: the smallest shapes at every landing, all when asked by name |
//! | `java` | an idle Java program with the Java agent, beside our collector |
//! | `by_hand` | a Go program that writes the one field of its message by hand |
//! | `chain` | one trace over HTTP servers of three languages |
//! | `wire` | the encoder's bytes, read by the decoders of other agents |
//!
//! What takes long is ignored: `cargo test -p skywalking-tests --test interop -- --include-ignored
//! go::` runs all of one agent.

mod agents;
mod by_hand;
mod cases;
mod chain;
mod go;
mod java;
mod play;
mod python;
mod rust;
mod wire;
