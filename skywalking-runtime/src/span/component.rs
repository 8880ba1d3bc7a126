//! The component ids of the OAP, for the key `component = ..` and for
//! [`Callsite::component`](crate::Callsite::component).
//!
//! The OAP identifies a component by its number, for all languages. The number decides the icon of
//! a span. On an Exit span it also decides the type of the node that the OAP guesses. The default
//! is [`RUST`]. Set the component of the database or the queue on a span that calls one.
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
