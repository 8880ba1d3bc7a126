//! SkyWalking tracing for [reqwest], as a middleware of [reqwest-middleware](reqwest_middleware):
//! each request is an exit span, and carries the headers of the trace.
//!
//! ```
//! use skywalking_reqwest::Tracing;
//! use skywalking_runtime::testing;
//! # use tokio::io::{AsyncReadExt, AsyncWriteExt};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! # let stock = listener.local_addr()?.to_string();
//! # tokio::spawn(async move {
//! #     let (mut stream, _) = listener.accept().await.unwrap();
//! #     let mut request = Vec::new();
//! #     while !request.ends_with(b"\r\n\r\n") {
//! #         request.push(stream.read_u8().await.unwrap());
//! #     }
//! #     stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.unwrap();
//! # });
//! let client = skywalking_reqwest::client(reqwest::Client::builder(), Tracing::new())?;
//!
//! let trees = testing::run_async(async {
//!     let answer = client.get(format!("http://{stock}/items/7?token=secret")).send().await;
//!     assert_eq!(answer.unwrap().status(), 404);
//! })
//! .await;
//! assert_eq!(
//!     testing::text(&trees).replace(&stock, "stock:8080"),
//!     "Exit GET:/items/7 layer=Http component=2 peer=stock:8080 ERROR \
//!      {http.method=GET, url=http://stock:8080/items/7, http.status_code=404}\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Redirects
//!
//! reqwest follows redirects below all middlewares and keeps on them what it doesn't know to be
//! secret, so the headers of the trace too.
//!
//! | the client | one request that is redirected is | another host gets our headers |
//! | --- | --- | --- |
//! | [`client`]`(builder, ..)` | a span for each hop, with a peer and headers of its own | no, unless `propagate_to` names it |
//! | [`Tracing`] on a client with `redirect::Policy::none()` | one span; the program gets the 3xx | no |
//! | [`Tracing`] on a client that follows redirects itself | one span, with the first peer and the last status | **yes**, those that were meant for the first host |
//!
//! [`Redirects`] says in what following them up here differs.
//!
//! # What is left as it is
//!
//! A request is changed in nothing but the headers `sw8`, `sw8-correlation` and `sw8-x` (and
//! `traceparent` and `tracestate`, where another tracer's came in and the request has none of its
//! own), and its answer in nothing at all; with
//! [`time_bodies`](skywalking_runtime::integrations::http::Client::time_bodies) the answer's body
//! is another type inside, see [`Tracing`].
//!
//! `reqwest::blocking` has no middlewares and is not covered; annotate the calling function with
//! [`exit_span`](skywalking_runtime::exit_span).

mod client;
mod error;
mod redirects;
mod tracing;

pub use client::client;
pub use error::Error;
pub use redirects::Redirects;
pub use tracing::Tracing;

// The examples of the page are compiled with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
