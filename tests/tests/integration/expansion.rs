//! Properties of a function that an attribute keeps: the order of drops, the auto traits of its
//! future, and its size.

mod drop_order;
mod loud;
mod send;
mod size;
