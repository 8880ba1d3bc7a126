//! tonic's server: the layer around a service, and in `Server::builder()`.

mod calls;
mod server;
mod service;
