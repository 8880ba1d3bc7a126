//! What `--listen` takes.

use std::net::SocketAddr;

/// Reads an address to listen on. `:PORT` is this machine alone; another interface has to be
/// written out.
///
/// # Errors
/// What to write instead; the command line names the option and the value.
pub fn listen_address(value: &str) -> Result<SocketAddr, String> {
    let address =
        if value.starts_with(':') { format!("127.0.0.1{value}") } else { value.to_owned() };
    address.parse().map_err(|_| {
        "no address to listen on: write IP:PORT, such as 127.0.0.1:7000, or :7000 for the same (port 0 takes a free one)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_on_this_machine_and_another_interface_is_written_out() {
        let read = |value| listen_address(value).map(|address| address.to_string());
        assert_eq!(read(":8081").as_deref(), Ok("127.0.0.1:8081"));
        assert_eq!(read("0.0.0.0:8081").as_deref(), Ok("0.0.0.0:8081"));
        assert_eq!(read("[::1]:0").as_deref(), Ok("[::1]:0"));
        for wrong in ["8081", "localhost:8081", ":", ":65536", "127.0.0.1", ""] {
            assert!(read(wrong).unwrap_err().contains("write IP:PORT"), "{wrong}");
        }
    }
}
