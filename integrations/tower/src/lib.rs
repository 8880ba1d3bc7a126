//! SkyWalking tracing for tower services: axum, tonic and hyper servers, tonic and hyper clients.
//! Add one layer on each side.
//!
//! An axum server, with the feature `axum`, which names spans by the route:
//!
//! ```
//! use axum::{Router, extract::Path, routing::get};
//! use skywalking_runtime::local_span;
//! use skywalking_tower::ServerLayer;
//!
//! #[local_span(name = "look up")]
//! async fn look_up(id: u32) -> String {
//!     format!("user {id}")
//! }
//!
//! # use {axum::body::Body, http::Request, skywalking_runtime::testing, tower::ServiceExt as _};
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let app = Router::new()
//!     .route("/users/{id}", get(|Path(id): Path<u32>| look_up(id)))
//!     .layer(ServerLayer::new().ignore_paths(["/health"]).trace_id_header("x-trace-id"));
//! # let trees = testing::run_async(async {
//! #     let request = Request::get("/users/7?verbose=1").header("host", "users:8080").body(Body::empty()).unwrap();
//! #     let response = app.oneshot(request).await.unwrap();
//! #     assert!(response.headers().contains_key("x-trace-id"));
//! # }).await;
//! // `GET /users/7?verbose=1` is this trace:
//! # assert_eq!(testing::text(&trees), "\
//! // Entry GET:/users/{id} layer=Http component=49 {http.method=GET, url=users:8080/users/7, http.status_code=200}
//! //   Local look up
//! # ".replace("// ", ""));
//! # });
//! ```
//!
//! A server of hyper alone:
//!
//! ```
//! use std::convert::Infallible;
//!
//! use http::{Request, Response};
//! use hyper::body::Incoming;
//! use hyper_util::rt::TokioIo;
//! use hyper_util::service::TowerToHyperService;
//! use skywalking_tower::ServerLayer;
//! use tower::ServiceBuilder;
//!
//! async fn answer(_: Request<Incoming>) -> Result<Response<String>, Infallible> {
//!     Ok(Response::new("hello".to_owned()))
//! }
//!
//! # use skywalking_runtime::testing;
//! # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
//! # let address = listener.local_addr().unwrap();
//! # let trees = testing::run_async(async {
//! # let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
//! # client.write_all(b"GET /hello HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n").await.unwrap();
//! let service = ServiceBuilder::new().layer(ServerLayer::new()).service(tower::service_fn(answer));
//! let (connection, _) = listener.accept().await?;
//! hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(connection), TowerToHyperService::new(service)).await?;
//! # let mut heard = String::new();
//! # client.read_to_string(&mut heard).await.unwrap();
//! # assert!(heard.ends_with("hello"), "{heard}");
//! # Ok::<_, Box<dyn std::error::Error>>(()) }).await;
//! # assert_eq!(testing::text(&trees), "\
//! // Entry GET:/hello layer=Http component=49 {http.method=GET, url=shop/hello, http.status_code=200}
//! # ".replacen("// ", "", 1));
//! # });
//! ```
//!
//! A client, of `hyper-util` here. The span is below the one that is current where the request is
//! sent:
//!
//! ```
//! use skywalking_tower::ClientLayer;
//! use tower::{ServiceBuilder, ServiceExt as _};
//! # use http::{Request, Response};
//! # use skywalking_runtime::testing;
//!
//! # let legacy = tower::service_fn(|request: Request<String>| async move {
//! #     assert!(request.headers().contains_key("sw8"));
//! #     Ok::<_, std::io::Error>(Response::new(request.into_body()))
//! # });
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! # let trees = testing::run_async(async {
//! // let legacy = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http();
//! let client = ServiceBuilder::new().layer(ClientLayer::new().propagate_to(["stock", "*.internal"])).service(legacy);
//! let response = client.oneshot(Request::get("http://stock:8080/v1/items").body(String::new())?).await?;
//! assert_eq!(response.status(), 200);
//! # Ok::<_, Box<dyn std::error::Error>>(()) }).await;
//! # assert_eq!(testing::text(&trees), "\
//! // Exit GET:/v1/items layer=Http component=2 peer=stock:8080 {http.method=GET, url=http://stock:8080/v1/items, http.status_code=200}
//! # ".replacen("// ", "", 1));
//! # });
//! ```
//!
//! What a span records, and when it ends, is listed in
//! [`integrations::http`](skywalking_runtime::integrations::http#what-a-span-records). An annotated
//! handler inside of a server layer and the layer record one span, with the name of the annotation.
//! The same holds for an annotated function around a client.
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `axum` | server spans are named by axum's routes and show the address in its `ConnectInfo` |
//!
//! # Where to put a layer
//!
//! A span covers what is inside of its layer.
//!
//! - axum: use `Router::layer`. Around a whole `Router` no route is known, and spans are named by
//!   path. Merge tonic's services into that router first (`Routes::into_axum_router`).
//! - Retries: a client layer outside of the retry records one span for all attempts, inside of it
//!   one for each attempt.
//! - Redirects: each hop that a layer sees gets the headers that
//!   [`propagate_to`](ClientLayer::propagate_to) allows.
//! - `buffer`, and any service that calls the inner one from another task: put the client layer
//!   outside of it. In that task there is no current span, so each request would be a new trace.
//! - Readiness: the time before a service is ready (`concurrency_limit`, `rate_limit`) and the
//!   errors of `poll_ready` are in no span.
//!
//! # Names
//!
//! Each name of a served request is an endpoint in the OAP. A scanner can request any path, so
//! requests that nothing answers share few names:
//!
//! | request | name |
//! | --- | --- |
//! | matches a route of axum (feature `axum`) | `GET:/users/{id}` |
//! | matches no route, or one of `nest_service`; the layer is on a `Router` | the method alone: `GET` |
//! | no router is known: hyper, or a layer around a whole `Router` | `GET:/users/7`; after a response of 404 or 405 the method alone |
//! | its method is not in RFC 9110 and not `PATCH` or `QUERY` | `HTTP` in place of the method |
//! | a gRPC call | `/package.Service/Method`; if nothing answers it (`UNIMPLEMENTED`, 404, a page) `grpc/unknown`, with the path as the tag `url` |
//!
//! A server without a router that answers every path with 200, such as a single-page application,
//! has a name for each path: set the names with [`name`](ServerLayer::name). A name that a handler
//! sets, by its annotation or by `current().set_name(..)`, always has precedence.
//!
//! ```
//! use skywalking_tower::ServerLayer;
//!
//! let layer = ServerLayer::new().name(|head| {
//!     let is_page = !head.uri.path().starts_with("/api/");
//!     is_page.then(|| "page".to_owned())
//! });
//! ```
//!
//! # Why a request failed
//!
//! A failed gRPC call has a log with the text of `grpc-message`. HTTP has no such header: record the
//! reason where the error becomes a response, which runs inside of the span.
//!
//! ```
//! use axum::{Router, http::StatusCode, response::{IntoResponse, Response}, routing::get};
//! use skywalking_runtime::current;
//! use skywalking_tower::ServerLayer;
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("the stock does not answer")]
//! struct StockError(#[source] std::io::Error);
//!
//! impl IntoResponse for StockError {
//!     fn into_response(self) -> Response {
//!         current().record_error(&self);
//!         StatusCode::INTERNAL_SERVER_ERROR.into_response()
//!     }
//! }
//!
//! async fn items() -> Result<String, StockError> {
//!     Err(StockError(std::io::Error::other("connection reset")))
//! }
//!
//! # use {axum::body::Body, http::Request, skywalking_runtime::testing, tower::ServiceExt as _};
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let app = Router::new().route("/items", get(items)).layer(ServerLayer::new());
//! # let trees = testing::run_async(app.oneshot(Request::get("/items").body(Body::empty()).unwrap())).await;
//! # let log = &trees[0].root.logs[0].fields;
//! # assert_eq!((log[2].1.as_str(), log[3].1.as_str()), (
//! #     "the stock does not answer",
//! #     "the stock does not answer\nCaused by: connection reset",
//! # ));
//! # });
//! ```
//!
//! # Options
//!
//! | option | server | client | default |
//! | --- | --- | --- | --- |
//! | `is_error(\|status\| ..)` | yes | yes | statuses from 400 on are errors |
//! | `name(\|head\| ..)` | yes | yes | [names](#names) by route or path |
//! | `ignore(\|head\| ..)` | yes, with everything that happens inside | yes | every request is recorded |
//! | `ignore_paths([..])` | yes, the same | yes | every request is recorded |
//! | `time_bodies()` | yes | yes | spans end with the head of the response, gRPC spans with the status |
//! | `url_with_query()` | yes | yes | the tag `url` has no query |
//! | `boxed_errors()` | yes | yes | the error of the service implements `std::error::Error` |
//! | `trace_id_header(name)` | yes | | responses are not changed |
//! | `inbound(\|head\| ..)` | yes | | the trace of the caller continues, unless `Config::inbound` ignores it |
//! | `peer(..)` | a closure, for the caller | `"host:port"` | `ConnectInfo`; the host of the URI |
//! | `propagate_to([..])` | | yes | every host gets the headers of the trace |
//!
//! A layer can also be made of a [`Server`](skywalking_runtime::integrations::http::Server) or a
//! [`Client`](skywalking_runtime::integrations::http::Client) of the HTTP core, by `From`.
//!
//! # What a layer changes
//!
//! A server layer changes nothing of a request, and adds to a response only the header of
//! [`trace_id_header`](ServerLayer::trace_id_header). A client layer changes only the headers `sw8`,
//! `sw8-correlation` and `sw8-x` of a request, and nothing of a response. Bodies pass through
//! [`TracedBody`](skywalking_runtime::integrations::http::TracedBody). A panic in a closure among
//! the options does not reach the program. While no agent runs a layer does nothing, except that
//! `propagate_to` still removes old headers from requests to other hosts.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod client;
mod errors;
mod options;
mod routes;
mod server;
mod version;

pub use client::{Client, ClientFuture, ClientLayer};
pub use errors::{BoxedErrors, ServiceError, TypedErrors};
pub use server::{Server, ServerFuture, ServerLayer};
pub use version::HttpRequest;

// The examples of the page are compiled with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
