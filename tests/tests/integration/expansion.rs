//! What an attribute leaves as it was: the order of drops, what a future promises, its size, and
//! who is the caller.

mod caller;
mod drop_order;
mod loud;
mod send;
mod size;
