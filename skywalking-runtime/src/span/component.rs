//! The component ids of the OAP, for the key `component = ..` and for
//! [`Callsite::component`](crate::Callsite::component).
//!
//! The OAP knows a component by its number alone, whatever the language: it decides the icon of a
//! span and, on an Exit span, the type of the node that is guessed. Rust has an id of its own,
//! [`RUST`], which is the default. Name the database or the queue on a span that talks to one.
//!
//! ```
//! use skywalking_runtime::{component, exit_span, testing};
//!
//! #[exit_span(name = "users/find", peer = "db:5432", layer = database, component = component::POSTGRESQL, tags("db.type" = "sql"))]
//! fn find() {}
//!
//! let trees = testing::run(find);
//! assert_eq!(testing::text(&trees), "Exit users/find layer=Database component=22 peer=db:5432 {db.type=sql}\n");
//! ```

pub use skywalking_proto::components::*;
