//! `#[derive(Carrier)]` and the carrier traits in realistic messages: with serde, nested, and in
//! annotated functions.

mod by_hand;
mod closures;
mod functions;
mod identity;
mod messages;
mod names;
mod nested;
mod renamed;
