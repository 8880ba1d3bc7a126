//! hyper-util's client with the tower layer.

mod bodies;
mod outcomes;
mod redirects;
mod retries;
mod unchanged;
mod upgrades;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::http_client::harness::Server;

pub(crate) type Body = Full<Bytes>;

/// Returns the client without a layer.
fn client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

fn get(server: &Server, path: &str) -> Request<Body> {
    Request::get(server.url(path)).body(Body::default()).expect("a request")
}
