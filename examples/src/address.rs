//! The values of `--listen`.

use std::net::SocketAddr;

/// Parses an address to listen on. `:PORT` means 127.0.0.1. Any other interface must be explicit.
///
/// # Errors
///
/// Returns the expected format. The command line adds the option and the value.
pub fn listen_address(value: &str) -> Result<SocketAddr, String> {
    let address =
        if value.starts_with(':') { format!("127.0.0.1{value}") } else { value.to_owned() };
    address.parse().map_err(|_| {
        "expected IP:PORT, such as 127.0.0.1:7000, or :7000 for the same (port 0 selects a free port)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_without_address_is_loopback() {
        let read = |value| listen_address(value).map(|address| address.to_string());

        assert_eq!(read(":8081").as_deref(), Ok("127.0.0.1:8081"));
        assert_eq!(read("0.0.0.0:8081").as_deref(), Ok("0.0.0.0:8081"));
        assert_eq!(read("[::1]:0").as_deref(), Ok("[::1]:0"));

        for wrong in ["8081", "localhost:8081", ":", ":65536", "127.0.0.1", ""] {
            assert!(read(wrong).unwrap_err().contains("expected IP:PORT"), "{wrong}");
        }
    }
}
