//! Hostile paths.

use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = [
        "/api",
        "/api/",
        "//api/traces",
        "/api//traces",
        "/api/traces/",
        "/API/traces",
        "/api/traces;a=b",
        "/api/../api/traces",
        "/api/./traces",
        "/./api/traces",
        "/api%2ftraces",
        "/%61pi/traces",
        "/api/traces%00",
        "/api/traces/a/b/c/d",
        "/../../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../Cargo.toml",
        "/assets/..%2fCargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/..%5c..%5cCargo.toml",
        "/assets/%00",
        "/assets//etc/passwd",
        "/assets/",
        "/index.php",
        "/.git/config",
        "/v3",
        "/healthcheck/",
        "/v1/traces",
        "/browser/perfData",
        "/graphql",
        "/metrics",
    ]
    .into_iter()
    .map(|path| Case::get(path, 404, "not found"))
    .collect();
    for (path, part) in [
        ("/api/traces/%ff", "not percent-encoded UTF-8"),
        ("/api/traces/%c3%28", "not percent-encoded UTF-8"),
        ("/api/traces/%ed%a0%80", "not percent-encoded UTF-8"),
        ("/api/traces/%c0%ae", "not percent-encoded UTF-8"),
    ] {
        cases.push(Case::get(path, 400, part));
    }
    for (id, part) in [
        ("%00", r#"trace \"\\0\" is not stored"#),
        ("%0d%0aSet-Cookie:%20a=b", "is not stored"),
        ("%1b%5b2J", "is not stored"),
        ("%e2%80%ae", "is not stored"),
        ("%3cscript%3ealert(1)%3c%2fscript%3e", "is not stored"),
        ("..%2f..%2fetc%2fpasswd", "is not stored"),
        ("%", "is not stored"),
        ("%zz", "is not stored"),
        ("%25252e", "is not stored"),
        ("'%20OR%201=1--", "is not stored"),
        ("..", "is not stored"),
    ] {
        cases.push(Case::get(&format!("/api/traces/{id}"), 404, part));
    }
    cases.push(Case::get(&format!("/api/traces/{}", "a".repeat(60_000)), 404, "is not stored"));
    cases.push(Case::get(&format!("/api/traces/{}", "%00".repeat(20_000)), 404, "is not stored"));
    cases.push(Case::get(&format!("/{}", "a/".repeat(30_000)), 404, "not found"));
    cases.push(Case::get(&format!("/{}", "../".repeat(20_000)), 404, "not found"));
    for (path, status) in [
        ("/traces/%00", 200),
        ("/traces/%ff", 200),
        ("/services/%3Cscript%3Ealert(1)%3C%2fscript%3E", 200),
        ("/services/..%2f..%2fetc%2fpasswd", 200),
        ("/traces/a/b", 404),
        ("/services/a/b/", 404),
        ("/map/..", 404),
        ("/?service=%3Cscript%3E", 200),
    ] {
        // The page is always the same file. Its script reads the address as text.
        let part = if status == 200 { "<!doctype html>" } else { "not found" };
        cases.push(Case::get(path, status, part));
    }
    let long = format!("/services/{}", "%2e%2e%2f".repeat(6_000));
    cases.push(Case::get(&long, 200, "<!doctype html>"));
    for path in ["/v3/segment/", "/v3//segment", "/v3/segments/x", "/v3/meter", "/v3/SEGMENT"] {
        let bytes = crate::raw::post(path, "", b"");
        cases.push(Case::http(format!("POST {path}"), bytes, 404, "not found"));
    }
    cases
}
