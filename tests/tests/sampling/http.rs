//! Requests that an integration serves and makes.

use ::http::{Extensions, HeaderMap, Method, Uri};
use skywalking_runtime::http::{Client, Server};

use crate::prelude::*;

/// Serves a request for this path.
fn served(path: &'static str, sw8: Option<&'static str>) {
    let mut headers = HeaderMap::new();
    if let Some(sw8) = sw8 {
        headers.insert("sw8", ::http::HeaderValue::from_static(sw8));
    }
    let mut call = Server::new().begin(&Method::GET, &Uri::from_static(path), &headers, &Extensions::new());
    call.run(|| drop(child(&PART)));
}

#[test]
fn a_server_leaves_files_of_pages_out_by_their_path() {
    let _running = start(Config::new("s").ignore_path(["/health/*"]));
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
fn a_server_records_what_comes_with_a_context() {
    let _running = nothing();
    let trees = run(|| {
        served("/users", None);
        served("/orders", SW8.strip_prefix("sw8:"));
    });
    let names: Vec<_> = trees.iter().map(|tree| tree.root.name.as_str()).collect();
    assert_eq!(names, ["GET:/orders"]);
}

#[test]
fn a_client_that_begins_a_trace_is_decided_about_by_its_name() {
    let _running = start(Config::new("s"));
    let called = |path: &'static str| {
        let mut headers = HeaderMap::new();
        let trees = run(|| drop(Client::new().begin(&Method::GET, &Uri::from_static(path), &mut headers, &Extensions::new())));
        (trees.len(), headers.contains_key("sw8"))
    };
    assert_eq!(called("http://next:1/logo.png"), (0, false));
    assert_eq!(called("http://next:1/users"), (1, true));
}
