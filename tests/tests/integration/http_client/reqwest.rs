//! reqwest with the middleware of `skywalking-reqwest`.

mod bodies;
mod hops;
mod outcomes;
mod redirects;
mod retries;
mod unchanged;
mod upgrades;

use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use skywalking_reqwest::Tracing;
use skywalking_runtime::integrations::http;

/// The traced client that the documentation recommends.
fn client(tracing: http::Client) -> ClientWithMiddleware {
    skywalking_reqwest::client(reqwest::Client::builder(), tracing).expect("a client")
}

/// The middleware on a client that follows redirects itself.
fn plain(tracing: http::Client) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(Tracing::from(tracing)).build()
}
