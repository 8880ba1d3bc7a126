//! The check of the `Host` header: it must name a loopback address, `localhost`, or the address on
//! which the collector listens.
//!
//! It protects from DNS rebinding. A page of `evil.example` can point that name at 127.0.0.1 and
//! send requests to this port, but the browser still sends `evil.example` in the `Host` header.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::Authority;

use crate::text::quoted;

/// Returns why the request is denied, or `None` if it is allowed.
pub(super) fn deny(bound: SocketAddr, request: &Request) -> Option<(StatusCode, String)> {
    let headers =
        request.headers().get_all(HOST).iter().map(|host| host.to_str().unwrap_or("(not text)"));
    // A request for a proxy has the host in its request line too.
    let hosts: Vec<_> = headers.chain(request.uri().authority().map(Authority::as_str)).collect();
    if hosts.is_empty() {
        return Some((StatusCode::BAD_REQUEST, "the Host header is missing: send it".to_owned()));
    }
    let host = quoted(hosts.into_iter().find(|host| !allowed(host, bound.ip()))?);
    let remedy = format!("use the address that the collector prints, such as http://{bound}/");
    Some((
        StatusCode::FORBIDDEN,
        format!("host {host} is not an address of this collector: {remedy}"),
    ))
}

fn allowed(host: &str, bound: IpAddr) -> bool {
    let name = without_port(host);
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    literal.parse::<IpAddr>().is_ok_and(|ip| {
        // A collector that listens on all addresses accepts any of them, and no name.
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
    fn loopback_and_the_bound_address_are_allowed() {
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
    fn unspecified_address_allows_addresses_and_no_names() {
        let bound = "0.0.0.0".parse().expect("an address");
        assert!(allowed("192.0.2.8:12800", bound) && !allowed("evil.example", bound));
    }
}
