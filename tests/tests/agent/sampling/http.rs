//! Sampling of requests in the HTTP layers.

use ::http::{Extensions, HeaderMap, Method, Uri};
use skywalking_runtime::integrations::http::{Client, Server};

use crate::sampling::prelude::*;

/// Serves a request for this path.
fn served(path: &'static str, sw8: Option<&'static str>) {
    let mut headers = HeaderMap::new();
    if let Some(sw8) = sw8 {
        headers.insert("sw8", ::http::HeaderValue::from_static(sw8));
    }
    let mut call =
        Server::new().begin(&Method::GET, &Uri::from_static(path), &headers, &Extensions::new());
    call.run(|| drop(span(&PART).enter()));
}

#[test]
fn server_ignores_static_files_by_path() {
    let _running = start(Config::new("s").ignore_paths(["/health/*"]));
    let trees = run(|| {
        served("/logo.png", None);
        served("/logo.png?size=1", SW8.strip_prefix("sw8:"));
        served("/health/live", None);
        served("/users", None);
    });
    let names: Vec<_> = trees.iter().map(|tree| tree.root.name.as_str()).collect();

    assert_eq!(names, ["GET:/users"]);
    assert!(is_idle());
}

#[test]
fn server_records_requests_with_a_context() {
    let _running = nothing();
    let trees = run(|| {
        served("/users", None);
        served("/orders", SW8.strip_prefix("sw8:"));
    });
    let names: Vec<_> = trees.iter().map(|tree| tree.root.name.as_str()).collect();

    assert_eq!(names, ["GET:/orders"]);
}

#[test]
fn client_root_is_sampled_by_its_name() {
    let _running = start(Config::new("s"));
    let called = |path: &'static str| {
        let mut headers = HeaderMap::new();
        let trees = run(|| {
            drop(Client::new().begin(
                &Method::GET,
                &Uri::from_static(path),
                &mut headers,
                &Extensions::new(),
            ));
        });
        (trees.len(), headers.contains_key("sw8"))
    };

    assert_eq!(called("http://next:1/logo.png"), (0, false));
    assert_eq!(called("http://next:1/users"), (1, true));
}

/// Returns the number of these paths that a server records.
fn recorded(server: &Server, paths: &[&'static str]) -> usize {
    let serve = |path: &&'static str| {
        server
            .begin(&Method::GET, &Uri::from_static(path), &HeaderMap::new(), &Extensions::new())
            .finish();
    };
    run(|| paths.iter().for_each(serve)).len()
}

#[test]
fn ignored_paths_match_as_in_the_setting() {
    for (pattern, left_out, others) in [
        (
            "/static/*",
            &["/static/a", "/static/", "/static/a/"][..],
            &["/static/a/b.css", "/static"][..],
        ),
        ("/static/**", &["/static/a", "/static/a/b.css"], &["/static"]),
        ("/*.ico", &["/favicon.ico"], &["/a/favicon.ico"]),
        ("/**.ico", &["/favicon.ico", "/a/favicon.ico"], &["/favicon.ic"]),
        ("*.ico", &[], &["/favicon.ico"]),
        ("**.ico", &["/favicon.ico", "/a/favicon.ico"], &["/favicon.ic"]),
        ("/v?/live", &["/v1/live"], &["/v10/live", "/v//live"]),
        ("GET:/live", &["/live"], &["/live/"]),
        ("POST:/live", &[], &["/live"]),
        (" /live ", &["/live"], &["/"]),
        ("", &[], &["/"]),
    ] {
        let none: [&str; 0] = [];
        {
            let _running = start(Config::new("s").ignore_suffixes(none));
            let server = Server::new().ignore_paths([pattern]);
            assert_eq!(
                (recorded(&server, left_out), recorded(&server, others)),
                (0, others.len()),
                "by the server: {pattern:?}"
            );
        }
        let _running = start(Config::new("s").ignore_suffixes(none).ignore_paths([pattern]));
        let server = Server::new();
        assert_eq!(
            (recorded(&server, left_out), recorded(&server, others)),
            (0, others.len()),
            "by the setting: {pattern:?}"
        );
    }
}
