//! Who may be asked for: the `Host` header names a loopback address, `localhost`, or the address that we listen on.
//!
//! A page on `evil.example` whose name suddenly means 127.0.0.1 is, for the browser, still that page: it may read what it
//! gets. It can't change the `Host` header that the browser sends, though, and that is the page's name.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::Response;

use super::answer::problem;
use crate::names::quoted;

pub(super) async fn check(State(bound): State<SocketAddr>, request: Request, next: Next) -> Response {
    let headers = request.headers().get_all(HOST).iter().map(|host| host.to_str().unwrap_or("(not text)"));
    // A proxy's form of a request names the host in its first line too, and HTTP/2 nowhere else.
    let hosts: Vec<_> = headers.chain(request.uri().authority().map(Authority::as_str)).collect();
    if hosts.is_empty() {
        return problem(StatusCode::BAD_REQUEST, "the Host header is missing: send one");
    }
    for host in hosts {
        if !allowed(host, bound.ip()) {
            let host = quoted(host);
            return problem(
                StatusCode::FORBIDDEN,
                &format!("host {host} is not this collector: ask for it by the address that it printed, such as http://{bound}/"),
            );
        }
    }
    next.run(request).await
}

fn allowed(host: &str, bound: IpAddr) -> bool {
    let name = without_port(host);
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    literal.parse::<IpAddr>().is_ok_and(|ip| {
        // Listening on every address: any of them may be meant, and a page's name is never one.
        ip.to_canonical().is_loopback() || ip == bound || bound.is_unspecified()
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_the_bound_address_are_this_collector_and_nothing_else_is() {
        let bound = "192.0.2.7".parse().expect("an address");
        for host in
            ["localhost", "LocalHost:12800", "127.0.0.1", "127.8.9.1:1", "[::1]", "[::1]:12800", "192.0.2.7:12800", "[::ffff:127.0.0.1]"]
        {
            assert!(allowed(host, bound), "{host}");
        }
        for host in [
            "",
            ":12800",
            "evil.example",
            "evil.example:12800",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "192.0.2.8",
            "evil@127.0.0.1",
            "127.0.0.1@evil",
            "127.0.0.1:x",
            "[::1",
            "::2",
            "0x7f000001",
            "2130706433",
        ] {
            assert!(!allowed(host, bound), "{host}");
        }
    }

    #[test]
    fn on_every_address_any_address_is_taken_but_no_name() {
        let bound = "0.0.0.0".parse().expect("an address");
        assert!(allowed("192.0.2.8:12800", bound) && !allowed("evil.example", bound));
    }
}
