//! Where spans of `tracing` are in the tree.

mod elsewhere;
mod events;
mod late;
mod nesting;
mod parents;
