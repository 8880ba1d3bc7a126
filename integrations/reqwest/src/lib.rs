//! SkyWalking tracing for [reqwest], as a middleware of [reqwest-middleware](reqwest_middleware).
//! Each request is an exit span and carries the trace headers.
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
//! reqwest follows redirects below all middlewares. A request and its redirects are one span: the
//! peer is the first host, the status is that of the last response. A redirected request carries
//! the headers of the first one. To another host reqwest removes credentials from them, but not the
//! trace headers. So choose the policy of the client:
//!
//! | redirect policy | redirect to the same host | redirect to another host |
//! | --- | --- | --- |
//! | [`same_host_redirects`], set by [`client`] | followed, with the trace headers | not followed: the program receives the 3xx response |
//! | `Policy::none()` | not followed | not followed |
//! | reqwest's default, `Policy::limited` | followed, with the trace headers | followed, **and the other host receives the trace headers**, also one that `propagate_to` excludes |
//!
//! To follow a redirect to another host, send a second request to its `location`. That request has
//! its own span, and trace headers if `propagate_to` allows its host.
//!
//! # What is unchanged
//!
//! The middleware changes only these headers of a request: `sw8`, `sw8-correlation` and `sw8-x`,
//! and `traceparent` and `tracestate` if an incoming request had them and this one does not. It
//! does not change the response. With
//! [`time_bodies`](skywalking_runtime::integrations::http::Client::time_bodies) the body of the
//! response has another type inside: see [`Tracing`].
//!
//! `reqwest::blocking` has no middlewares and is not traced. Annotate the calling function with
//! [`exit_span`](skywalking_runtime::exit_span).

mod client;
mod redirects;
mod tracing;

pub use client::client;
pub use redirects::same_host_redirects;
pub use tracing::Tracing;

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
