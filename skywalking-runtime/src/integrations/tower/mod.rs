//! Layers for what is made of tower services: axum, tonic and hyper servers, tonic and hyper clients. One line a side.
//!
//! A server, of axum here (feature `axum`, so that spans are named by the route):
//!
//! ```
//! use axum::{Router, extract::Path, routing::get};
//! use skywalking_runtime::{local_span, tower::ServerLayer};
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
//! use skywalking_runtime::tower::ServerLayer;
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
//! A client, of `hyper-util` here. The span is below the one that is current where the request is sent:
//!
//! ```
//! use skywalking_runtime::tower::ClientLayer;
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
//! What spans say, and when they end, is told in [`http`](crate::http). An annotated handler inside a server layer is one span with it: the
//! annotation's name stays, and so it is with an annotated function around a client.
//!
//! # Where a layer stands
//!
//! A span covers what is inside its layer. Around a whole axum `Router` no route is known yet: spans are named by paths then, so put the
//! layer on with `Router::layer`; tonic's services can be merged into that router before (`Routes::into_axum_router`). A client's layer outside of a retry is one span for all attempts, inside it is one for each; the same goes
//! for redirects, where each hop that a layer sees gets the headers that [`propagate_to`](ClientLayer::propagate_to) allows. A client's layer belongs outside of a
//! `buffer`, and of all that calls its service from a task of its own: there is no current span in that task, so each request would be a trace by itself. What a
//! service waits for before it is ready (`concurrency_limit`, `rate_limit`) is in no span, and neither is an error of `poll_ready`.
//!
//! What has no route is named by its path, and a method by itself, whatever a stranger sends: each new name is an endpoint to the OAP. For a
//! server that scanners reach, have a `fallback` that says `current().set_name("not found")`, or leave such requests out by `ignore`.
//!
//! # Options
//!
//! | option | server | client | without it |
//! | --- | --- | --- | --- |
//! | `is_error(\|status\| ..)` | yes | yes | statuses from 400 on are errors |
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
//! A server's layer nothing of a request, and of a response the header that was asked for. A client's layer the headers `sw8`,
//! `sw8-correlation` and `sw8-x` of a request, and nothing of a response. Bodies pass through [`TracedBody`](crate::http::TracedBody). What
//! panics in a closure among the options stays there. While no tracer runs a layer does nothing, but that `propagate_to` still takes old
//! headers off a request to another host.

mod answer;
mod client;
mod errors;
mod server;

pub use client::{Client, ClientFuture, ClientLayer};
pub use errors::{BoxedErrors, ServiceError, TypedErrors};
pub use server::{Server, ServerFuture, ServerLayer};
