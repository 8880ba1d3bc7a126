//! Hostile heads of HTTP requests: syntax, framing, `Host`, browsers and tokens.

use crate::case::{Case, Expected, Request};
use crate::raw;

pub(crate) fn cases() -> Vec<Case> {
    [syntax(), framing(), unfinished(), hosts(), browsers(), tokens()].concat()
}

fn refused(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Case {
    Case::new(name, Request::Http(bytes.into()), Expected::Refused)
}

fn syntax() -> Vec<Case> {
    const REST: &str = " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let header = |header: &[u8]| {
        [
            b"GET /healthcheck HTTP/1.1\r\nHost: 127.0.0.1\r\n",
            header,
            b"\r\nConnection: close\r\n\r\n",
        ]
        .concat()
    };
    let many = "X-A: b\r\n".repeat(200);
    let mut cases: Vec<_> = [
        ("no head", b"\r\n\r\n\r\n\r\n\0".to_vec()),
        ("zero bytes", vec![0; 64]),
        ("random bytes", (0..=255).rev().cycle().take(1_000).collect()),
        ("start of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("preface of HTTP/2", raw::http2(&[])),
        ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        ("SMTP", b"EHLO evil.example\r\n".to_vec()),
        ("no path", format!("GET{REST}").into_bytes()),
        ("no version", b"GET /healthcheck\r\nHost: 127.0.0.1\r\n\r\n".to_vec()),
        ("HTTP/9.9", b"GET /healthcheck HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n".to_vec()),
        ("two spaces", b"GET  /healthcheck HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_vec()),
        ("space in the path", format!("GET /health check{REST}").into_bytes()),
        ("NUL in the path", format!("GET /health\0check{REST}").into_bytes()),
        ("newline in the path", format!("GET /health\ncheck{REST}").into_bytes()),
        ("relative path", format!("GET healthcheck/..{REST}").into_bytes()),
        ("method with a tab", format!("G\tET /healthcheck{REST}").into_bytes()),
        ("header without a colon", header(b"X-Header")),
        ("header without a name", header(b": value")),
        ("space before the colon", header(b"X-Header : value")),
        ("NUL in a header", header(b"X-Header: a\0b")),
        ("NUL in a name", header(b"X-\0: a")),
        ("folded header", header(b"X-Header: a\r\n b")),
        ("carriage return in a header", header(b"X-Header: a\rb")),
        ("name with a bidi mark", header("X\u{202e}: a".as_bytes())),
        ("200 headers", header(many.trim_end().as_bytes())),
        ("header of 1 MiB", header(format!("X-A: {}", "a".repeat(1 << 20)).as_bytes())),
        ("name of 200 KB", header(format!("{}: a", "a".repeat(200_000)).as_bytes())),
        ("path of 200 KB", format!("GET /{}{REST}", "a".repeat(200_000)).into_bytes()),
    ]
    .into_iter()
    .map(|(name, bytes)| refused(format!("head: {name}"), bytes))
    .collect();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get"] {
        let bytes = format!("{method} /api/stats{REST}");
        cases.push(Case::http(format!("{method} /api/stats"), bytes, 405, "use GET"));
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let bytes = format!("{method} /v3/segments{REST}");
        cases.push(Case::http(format!("{method} /v3/segments"), bytes, 405, "use POST"));
    }
    let connect =
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nConnection: close\r\n\r\n";
    cases.push(refused("head: CONNECT", connect));
    cases.push(Case::http("head: OPTIONS *", format!("OPTIONS *{REST}"), 404, "not found"));
    cases
}

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

/// Requests whose length can be read in two ways, and pipelined ones.
fn framing() -> Vec<Case> {
    let post = |headers: &str, body: &str| {
        format!(
            "POST /v3/segments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}\r\n{body}"
        )
    };
    let mut cases: Vec<_> = [
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "[] ")),
        ("list of lengths", post("Content-Length: 2, 3\r\n", "[] ")),
        ("negative length", post("Content-Length: -2\r\n", "[]")),
        ("length with a sign", post("Content-Length: +2\r\n", "[]")),
        ("length in hex", post("Content-Length: 0x2\r\n", "[]")),
        ("length of 2^64", post("Content-Length: 18446744073709551616\r\n", "[]")),
        ("encoding that is not chunked", post("Transfer-Encoding: gzip\r\n", "[]")),
        (
            "chunked before gzip",
            post("Transfer-Encoding: chunked, gzip\r\n", "2\r\n[]\r\n0\r\n\r\n"),
        ),
    ]
    .into_iter()
    .map(|(name, bytes)| refused(format!("framing: {name}"), bytes))
    .collect();
    for (name, body) in [
        ("chunk size that is not hex", "zz\r\n[]\r\n0\r\n\r\n"),
        ("negative chunk size", "-2\r\n[]\r\n0\r\n\r\n"),
        ("chunk size of 2^64", "10000000000000000\r\n[]\r\n0\r\n\r\n"),
        ("chunk longer than its size", "1\r\n[]\r\n0\r\n\r\n"),
    ] {
        let case = Case::http(format!("framing: {name}"), post(CHUNKED, body), 400, "incomplete");
        cases.push(case.counts("segmentsRefused", 1));
    }
    let huge = post("Content-Length: 9223372036854775807\r\n", "[]");
    cases.push(
        Case::http("framing: length of 2^63 - 1", huge, 413, "10485760")
            .counts("segmentsRefused", 1),
    );
    // The second request is one of its own, not a part of the first one.
    let first = "GET /api/stats HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    let second = "GET /api/traces HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    cases.push(Case::http(
        "framing: pipelined bad host",
        [first, second].concat(),
        200,
        "evil.example",
    ));
    let many = format!("{}{second}", first.repeat(1_000));
    cases.push(Case::http("framing: 1 000 pipelined requests", many, 200, "evil.example"));
    cases
}

/// Requests whose end never arrives.
fn unfinished() -> Vec<Case> {
    let body = |length: usize| {
        format!(
            "POST /v3/segments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n[{{"
        )
    };
    let half = |name: &str, bytes: String| {
        Case::new(
            format!("half-closed {name}"),
            Request::HalfClosed(bytes.into()),
            Expected::Refused,
        )
    };
    let chunk = "POST /v3/logs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{";
    vec![
        half("connection", String::new()),
        half("after the method", "GET".to_owned()),
        half("after the path", "GET /api/stats".to_owned()),
        half("in a header", "GET /api/stats HTTP/1.1\r\nHost: 127.0".to_owned()),
        half("in a body", body(3)).counts("segmentsRefused", 1),
        half("in a chunk", chunk.to_owned()).counts("logsRefused", 1),
        Case::http("body that stops", body(100), 408, "timed out after 10 s")
            .counts("segmentsRefused", 1)
            .slow(),
        Case::http("chunk that stops", chunk, 408, "timed out after 10 s")
            .counts("logsRefused", 1)
            .slow(),
    ]
}

fn hosts() -> Vec<Case> {
    let mut cases = Vec::new();
    let bad = [
        "evil.example",
        "evil.example:12800",
        "localhost.evil.example",
        "localhost.",
        "127.0.0.1.nip.io",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1:12800:80",
        "127.0.0.1#.evil.example",
        "192.0.2.1",
        "0.0.0.0",
        "[::]",
        "[::1",
        "::1]",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "xn--lcalhost-x0a",
        "",
        "*",
    ];
    for host in bad {
        for path in ["/api/traces", "/", "/nothing"] {
            let bytes = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let part = "is not an address of this collector";
            cases.push(Case::http(format!("host {host:?} for {path}"), bytes, 403, part));
        }
    }
    let two = "GET /api/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let absolute = "GET http://evil.example/api/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let none = "GET /api/traces HTTP/1.1\r\nConnection: close\r\n\r\n";
    let bytes =
        [b"GET /api/traces HTTP/1.1\r\nHost: \xff\xfe\r\n", &b"Connection: close\r\n\r\n"[..]];
    cases.push(Case::http("two hosts", two, 403, "evil.example"));
    cases.push(Case::http("host in the request line", absolute, 403, "evil.example"));
    cases.push(Case::http("no host", none, 400, "Host header is missing"));
    cases.push(Case::http("host of bytes", bytes.concat(), 403, "not text"));
    cases
}

/// What a browser sends for a page of another site.
fn browsers() -> Vec<Case> {
    let mut cases = Vec::new();
    for origin in ["http://evil.example", "null", "http://127.0.0.1:12800", "file://", ""] {
        for path in ["/v3/segment", "/v3/segments", "/v3/management/keepAlive", "/v3/logs"] {
            let headers = format!("Origin: {origin}\r\nContent-Type: text/plain\r\n");
            let bytes = raw::post(path, &headers, b"[]");
            let name = format!("origin {origin:?} for {path}");
            cases.push(Case::http(name, bytes, 403, "web pages"));
        }
    }
    for (site, dest) in [
        ("cross-site", "empty"),
        ("cross-site", "script"),
        ("cross-site", "image"),
        ("cross-site", "iframe"),
        ("same-site", "empty"),
        ("same-site", "worker"),
    ] {
        for path in ["/api/traces", "/api/topology", "/api/stats"] {
            let headers = format!("Sec-Fetch-Site: {site}\r\nSec-Fetch-Dest: {dest}\r\n");
            let name = format!("{site} {dest} for {path}");
            cases.push(Case::http(name, raw::get(path, &headers), 403, "pages of other sites"));
        }
    }
    cases
}

fn tokens() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, headers) in [
        ("no token", String::new()),
        ("an empty token", "authentication:\r\n".to_owned()),
        ("the beginning of the token", "authentication: s3cre\r\n".to_owned()),
        ("the token and more", "authentication: s3crets\r\n".to_owned()),
        ("the token in upper case", "authentication: S3CRET\r\n".to_owned()),
        ("the token in quotes", "authentication: \"s3cret\"\r\n".to_owned()),
        ("a bearer token", "authorization: Bearer s3cret\r\n".to_owned()),
        ("a cookie", "Cookie: authentication=s3cret\r\n".to_owned()),
        ("a token of 30 KB", format!("authentication: {}\r\n", "s".repeat(30_000))),
        ("a wrong token first", "authentication: x\r\nauthentication: s3cret\r\n".to_owned()),
    ] {
        let part = "missing or is not this collector's token";
        for path in ["/api/traces", "/api/stats", "/api/traces/t?authentication=s3cret"] {
            let name = format!("{name} for {path}");
            cases.push(Case::http(name, raw::get(path, &headers), 401, part).with_token());
        }
        for path in ["/v3/segment", "/v3/management/reportProperties"] {
            let name = format!("{name} for {path}");
            cases.push(Case::http(name, raw::post(path, &headers, b""), 401, part).with_token());
        }
    }
    cases
}
