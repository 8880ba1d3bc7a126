//! What an attribute keeps of a function: the order of drops, the auto traits of its future, and its
//! size.

mod drop_order;
mod loud;
mod send;
mod size;
