//! What `--listen` takes.

use std::net::SocketAddr;

/// Reads an address to listen on.
///
/// # Errors
/// What to write instead; the command line names the option and the value.
pub fn listen_address(value: &str) -> Result<SocketAddr, String> {
    value.parse().map_err(|_| "no address to listen on: write IP:PORT, such as 127.0.0.1:7000 (port 0 takes a free one)".to_owned())
}
