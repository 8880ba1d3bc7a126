//! The check of the `Host` header: it must name a loopback address, `localhost`, the address on
//! which the collector listens, or a name that is allowed by `Builder::allow_host`.
//!
//! It protects from DNS rebinding. A page of `evil.example` can point that name at 127.0.0.1 and
//! send requests to this port, but the browser still sends `evil.example` in the `Host` header.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::Authority;

use crate::text::quoted;

/// The hosts of requests that are allowed.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    bound: SocketAddr,
    /// In lower case.
    names: Arc<[String]>,
}

impl Hosts {
    pub(super) fn new(bound: SocketAddr, names: Vec<String>) -> Self {
        Self { bound, names: names.into() }
    }

    /// Returns why the request is denied, or `None` if it is allowed.
    pub(super) fn deny(&self, request: &Request) -> Option<(StatusCode, String)> {
        let headers = request
            .headers()
            .get_all(HOST)
            .iter()
            .map(|host| host.to_str().unwrap_or("(not text)"));
        // A request for a proxy has the host in its request line too.
        let hosts: Vec<_> =
            headers.chain(request.uri().authority().map(Authority::as_str)).collect();
        if hosts.is_empty() {
            let reason = "the Host header is missing: send it";
            return Some((StatusCode::BAD_REQUEST, reason.to_owned()));
        }
        let host = quoted(hosts.into_iter().find(|host| !self.allows(host))?);
        let bound = self.bound;
        Some((
            StatusCode::FORBIDDEN,
            format!(
                "host {host} is not an address of this collector: use the address that the collector prints, such as http://{bound}/, or allow the name with --allow-host (SW_COLLECTOR_ALLOW_HOST)"
            ),
        ))
    }

    fn allows(&self, host: &str) -> bool {
        let name = without_port(host);
        let bound = self.bound.ip();
        let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match literal.unwrap_or(name).parse::<IpAddr>() {
            // A collector that listens on all addresses accepts any of them.
            Ok(ip) => {
                ip.to_canonical().is_loopback()
                    || ip == bound
                    || bound.is_unspecified()
                    || self.names.contains(&ip.to_string())
            }
            Err(_) => {
                name.eq_ignore_ascii_case("localhost")
                    || self.names.iter().any(|allowed| name.eq_ignore_ascii_case(allowed))
            }
        }
    }
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

    fn allowed(host: &str, bound: &str, names: &[&str]) -> bool {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Hosts::new(bound.parse().expect("an address"), names).allows(host)
    }

    #[test]
    fn loopback_and_the_bound_address_are_allowed() {
        let bound = "192.0.2.7:12800";
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
            assert!(allowed(host, bound, &[]), "{host}");
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
            assert!(!allowed(host, bound, &[]), "{host}");
        }
    }

    #[test]
    fn unspecified_address_allows_addresses_and_no_names() {
        let bound = "0.0.0.0:12800";
        assert!(allowed("192.0.2.8:12800", bound, &[]) && !allowed("evil.example", bound, &[]));
    }

    #[test]
    fn names_are_allowed_exactly() {
        let names = ["devbox.example", "192.0.2.9", "2001:db8::1"];
        for host in [
            "devbox.example",
            "DevBox.example:12800",
            "devbox.example:1",
            "192.0.2.9:12800",
            "[2001:db8::1]:12800",
            "[2001:DB8:0::1]",
        ] {
            assert!(allowed(host, "127.0.0.1:12800", &names), "{host}");
        }
        for host in [
            "devbox",
            "a.devbox.example",
            "devbox.example.evil.example",
            "devbox.example.",
            "devbox.example:x",
            "devbox.example:80:80",
            "devbox.example@evil.example",
            "evil.example@devbox.example",
            "192.0.2.8",
            "[2001:db8::2]",
        ] {
            assert!(!allowed(host, "127.0.0.1:12800", &names), "{host}");
        }
    }
}
