//! Who may be asked for: the `Host` header names a loopback address, `localhost`, or the address
//! that we listen on.
//!
//! A page on `evil.example` whose name suddenly means 127.0.0.1 is, for the browser, still that
//! page: it may read what it gets. It can't change the `Host` header that the browser sends,
//! though, and that is the page's name.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::Authority;

use crate::names::quoted;

/// Why the request is not answered, if it isn't.
pub(super) fn refuse(bound: SocketAddr, request: &Request) -> Option<(StatusCode, String)> {
    let headers =
        request.headers().get_all(HOST).iter().map(|host| host.to_str().unwrap_or("(not text)"));
    // A proxy's form of a request names the host in its first line too, and HTTP/2 nowhere else.
    let hosts: Vec<_> = headers.chain(request.uri().authority().map(Authority::as_str)).collect();
    if hosts.is_empty() {
        return Some((StatusCode::BAD_REQUEST, "the Host header is missing: send one".to_owned()));
    }
    let host = quoted(hosts.into_iter().find(|host| !allowed(host, bound.ip()))?);
    let remedy = format!("ask for it by the address that it printed, such as http://{bound}/");
    Some((StatusCode::FORBIDDEN, format!("host {host} is not this collector: {remedy}")))
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
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit())
                && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_the_bound_address_are_this_collector_and_nothing_else_is() {
        let bound = "192.0.2.7".parse().expect("an address");
        for host in [
            "localhost",
            "LocalHost:12800",
            "127.0.0.1",
            "127.8.9.1:1",
            "[::1]",
            "[::1]:12800",
            "192.0.2.7:12800",
            "[::ffff:127.0.0.1]",
        ] {
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
