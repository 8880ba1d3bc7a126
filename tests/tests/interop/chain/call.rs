//! A request of a user, untraced unless it has trace headers.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use skywalking_tests::child::TIMEOUT;

/// Posts the body to `/mack` with these header lines. Returns the status and the body.
pub(crate) fn post(address: &str, headers: &str, body: &str) -> (u16, String) {
    request(address, "POST /mack", headers, body)
}

/// Gets a path. Returns the status and the body.
pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    request(address, &format!("GET {path}"), "", "")
}

/// Uses HTTP/1.0: the response ends with the connection, and is not chunked.
fn request(address: &str, line: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
    let length = body.len();
    write!(
        stream,
        "{line} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("no status: {head}")), body.to_owned())
}
