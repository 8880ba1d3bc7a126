//! Layers for what is made of tower services: axum, tonic and hyper servers, tonic and hyper
//! clients. One line a side.
//!
//! A server, of axum here (feature `axum`, so that spans are named by the route):
//!
//! ```
//! use axum::{Router, extract::Path, routing::get};
//! use skywalking_runtime::{integrations::tower::ServerLayer, local_span};
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
//! use skywalking_runtime::integrations::tower::ServerLayer;
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
//! use skywalking_runtime::integrations::tower::ClientLayer;
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
//! What spans say, and when they end, is told in [`http`](crate::integrations::http). An annotated
//! handler inside a server layer is one span with it: the annotation's name stays, and so it is
//! with an annotated function around a client.
//!
//! # Where a layer stands
//!
//! A span covers what is inside its layer. Around a whole axum `Router` no route is known yet:
//! spans are named by paths then, so put the layer on with `Router::layer`; tonic's services can be
//! merged into that router before (`Routes::into_axum_router`). A client's layer outside of a retry
//! is one span for all attempts, inside it is one for each; the same goes for redirects, where each
//! hop that a layer sees gets the headers that [`propagate_to`](ClientLayer::propagate_to) allows.
//! A client's layer belongs outside of a `buffer`, and of all that calls its service from a task of
//! its own: there is no current span in that task, so each request would be a trace by itself. What
//! a service waits for before it is ready (`concurrency_limit`, `rate_limit`) is in no span, and
//! neither is an error of `poll_ready`.
//!
//! # Names
//!
//! Each name of a served request is an endpoint in the OAP. A scanner can ask for any path, so what
//! nothing answers has few names:
//!
//! | request | name |
//! | --- | --- |
//! | a route of axum takes it (feature `axum`) | `GET:/users/{id}` |
//! | no route takes it, or one of `nest_service`, the layer is on a `Router` | the method alone: `GET` |
//! | no router is known: hyper, or a layer around a whole `Router` | `GET:/users/7`; after a response of 404 or 405 the method alone |
//! | the method is none of RFC 9110, `PATCH` or `QUERY` | `HTTP` in place of the method |
//! | a gRPC call | `/package.Service/Method`; where nothing answers it (`UNIMPLEMENTED`, 404, a page) `grpc/unknown`, with the path as tag `url` |
//!
//! A server without a router that answers any path with another status, as a single-page
//! application does, has a name for each path: give it names with [`name`](ServerLayer::name). A
//! name that a handler gave, by its annotation or by `current().set_name(..)`, stays in each case.
//!
//! ```
//! use skywalking_runtime::integrations::tower::ServerLayer;
//!
//! let layer = ServerLayer::new().name(|head| {
//!     let is_page = !head.uri.path().starts_with("/api/");
//!     is_page.then(|| "page".to_owned())
//! });
//! ```
//!
//! # Why a request failed
//!
//! A failed gRPC call has a log with the reason that `grpc-message` gives. HTTP has no such header:
//! say the reason where the error becomes a response, which runs inside the span.
//!
//! ```
//! use axum::{Router, http::StatusCode, response::{IntoResponse, Response}, routing::get};
//! use skywalking_runtime::{current, integrations::tower::ServerLayer};
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
//! | option | server | client | without it |
//! | --- | --- | --- | --- |
//! | `is_error(\|status\| ..)` | yes | yes | statuses from 400 on are errors |
//! | `name(\|head\| ..)` | yes | yes | [names](#names) by route or path |
//! | `ignore(\|head\| ..)` | yes, with all that happens inside | yes | every request is recorded |
//! | `ignore_paths([..])` | yes, the same | yes | the same |
//! | `time_bodies()` | yes | yes | spans end with the head of the response; of gRPC with its status |
//! | `url_with_query()` | yes | yes | the tag `url` has no query |
//! | `boxed_errors()` | yes | yes | the service's error is a `std::error::Error` |
//! | `trace_id_header(name)` | yes | | responses are not changed |
//! | `inbound(\|head\| ..)` | yes | | the trace of the caller goes on, if `Config::inbound` has it so |
//! | `peer(..)` | of the caller, a closure | `"host:port"` | `ConnectInfo`; the URI's host |
//! | `propagate_to([..])` | | yes | every host gets the headers of the trace |
//!
//! # What they change
//!
//! A server's layer nothing of a request, and of a response the header that was asked for. A
//! client's layer the headers `sw8`, `sw8-correlation` and `sw8-x` of a request, and nothing of a
//! response. Bodies pass through [`TracedBody`](crate::integrations::http::TracedBody). What panics
//! in a closure among the options stays there. While no tracer runs a layer does nothing, but that
//! `propagate_to` still takes old headers off a request to another host.

mod answer;
mod client;
mod elsewhere;
mod errors;
mod server;
mod version;

pub use client::{Client, ClientFuture, ClientLayer};
pub use errors::{BoxedErrors, ServiceError, TypedErrors};
pub use server::{Server, ServerFuture, ServerLayer};
pub use version::HttpRequest;
