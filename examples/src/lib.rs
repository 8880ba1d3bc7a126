//! What the example programs share, and nothing about tracing: each program shows that by itself,
//! to be copied from.
//!
//! | program | shows |
//! | --- | --- |
//! | `hello` | the smallest annotated program; reports to standard error, so it needs no backend |
//! | `handlers` | two axum handlers that continue the trace of the request's headers |
//! | `snapshot` | two services that talk by messages without headers: one trace, one map |
//! | `mack` | an HTTP service that calls the next one, traced on both sides by a layer; three of them in a chain |
//! | `web` | axum and reqwest, traced by a line each: the program of a cookbook page |
//! | `stock` | a tonic server and its client, traced by a layer each: the program of the other page |

mod address;
pub mod demo;
mod ending;
mod terminal;

pub use address::listen_address;
pub use ending::{Parent, asked_to_end};
pub use terminal::{Detail, say, show_diagnostics};
