//! Reports over TLS, through proxies and sockets, to a collector with certificates of the tests.
//!
//! The agent runs in a child process: this binary with an ignored test, which reads its variables.
//! Everything that a child prints is searched for the token, passwords and keys.
#![allow(missing_docs)]

mod certificates;
mod chains;
mod child;
mod collector;
mod handshake;
mod keys;
mod pages;
mod peer;
mod proxy;
mod rotation;
mod shutdown;
mod sockets;
mod versions;
