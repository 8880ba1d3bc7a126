//! What speaks other crates' types: thin translations into the public face of this crate. They use nothing that a user's own integration
//! could not use, but the catch around the program's closures (`trace::guarded`).

pub mod http;
pub mod tower;
