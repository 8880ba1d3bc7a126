//! Records HTTP and gRPC calls as spans. This module is for authors of integrations for web stacks.
//!
//! The crate `skywalking-tower` has layers for tower services (axum, tonic, hyper), and the crate
//! `skywalking-reqwest` has a middleware for reqwest.
//!
//! This module opens no connection and reads no body. It changes only the trace headers of a
//! request.
//!
//! # A client
//!
//! 1. Call [`Client::begin`] before the request is sent. It starts an exit span and writes the
//!    headers of the trace.
//! 2. Send the request inside of [`Call::future`] or [`Call::run`].
//! 3. Call [`Call::record_response`] with the head of the response, then [`Call::body`] with its
//!    body. If there is no response, call [`Call::fail`].
//!
//! ```
//! use http::{Request, Response};
//! use skywalking_runtime::{integrations::http::Client, testing};
//!
//! # let send = |_: Request<&str>| async { Response::builder().status(503).body(String::from("busy")) };
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let client = Client::new();
//! let trees = testing::run_async(async {
//!     let (mut parts, body) = Request::post("http://stock:8080/v1/check?item=7").body("..").unwrap().into_parts();
//!     let call = client.begin(&parts.method, &parts.uri, &mut parts.headers, &parts.extensions);
//!     assert!(parts.headers.contains_key("sw8"));
//!
//!     // The span is current while the request is on its way.
//!     let (answer, mut call) = call.future(send(Request::from_parts(parts, body))).await;
//!     match answer {
//!         Ok(response) => {
//!             call.record_response(response.status(), response.headers());
//!             // A gRPC call, or a call with `time_bodies()`, ends with the body.
//!             let _response = response.map(|body| call.body(body));
//!         }
//!         Err(error) => call.fail(&error),
//!     }
//! })
//! .await;
//! assert_eq!(
//!     testing::text(&trees),
//!     "Exit POST:/v1/check layer=Http component=2 peer=stock:8080 ERROR \
//!      {http.method=POST, url=http://stock:8080/v1/check, http.status_code=503}\n"
//! );
//! # });
//! ```
//!
//! # A server
//!
//! Call [`Server::begin`] when the head of the request has arrived. Run the handler inside of the
//! [`Call`], and end it in the same way. [`Server::begin_routed`] names spans by the routes of a
//! [`Router`].
//!
//! A layer for a hyper service:
//!
//! ```
//! use std::{convert::Infallible, future::Future, pin::Pin};
//! use http::{Request, Response};
//! use hyper::{body::Body, service::Service};
//! use skywalking_runtime::integrations::http::{Server, TracedBody};
//!
//! /// Traces the requests that `inner` serves.
//! struct Traced<S> {
//!     server: Server,
//!     inner: S,
//! }
//!
//! impl<S, In, Out> Service<Request<In>> for Traced<S>
//! where
//!     S: Service<Request<In>, Response = Response<Out>>,
//!     S::Error: std::error::Error,
//!     S::Future: Send + 'static,
//!     Out: Body,
//! {
//!     type Response = Response<TracedBody<Out>>;
//!     type Error = S::Error;
//!     type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;
//!
//!     fn call(&self, request: Request<In>) -> Self::Future {
//!         let mut call = self.server.begin(request.method(), request.uri(), request.headers(), request.extensions());
//!         let answer = call.run(|| self.inner.call(request));
//!         let future = call.future(answer);
//!         Box::pin(async move {
//!             let (answer, mut call) = future.await;
//!             match answer {
//!                 Ok(response) => {
//!                     call.record_response(response.status(), response.headers());
//!                     Ok(response.map(|body| call.body(body)))
//!                 }
//!                 Err(error) => {
//!                     call.fail(&error);
//!                     Err(error)
//!                 }
//!             }
//!         })
//!     }
//! }
//! # use skywalking_runtime::testing;
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! # let trees = testing::run_async(async {
//!
//! let hello = hyper::service::service_fn(|_: Request<String>| async {
//!     Ok::<_, Infallible>(Response::new("hello".to_owned()))
//! });
//! let traced = Traced { server: Server::new().ignore_paths(["/health"]), inner: hello };
//! # let answer = traced.call(Request::get("/hello").header("host", "shop").body(String::new()).unwrap()).await;
//! # assert_eq!(answer.unwrap().status(), 200);
//! # }).await;
//! # assert_eq!(testing::text(&trees), "\
//! // Entry GET:/hello layer=Http component=49 {http.method=GET, url=shop/hello, http.status_code=200}
//! # ".replacen("// ", "", 1));
//! # });
//! ```
//!
//! # What a span records
//!
//! | | HTTP | gRPC (content type `application/grpc`, `application/grpc+proto`, ..) |
//! | --- | --- | --- |
//! | name | `METHOD:/path`; of a server see [names](#names) | `/package.Service/Method` |
//! | layer | `Http` | `RPCFramework` |
//! | component | 49 (`http`) of a server, 2 (`HttpClient`) of a client | 23 (`GRPC`) |
//! | peer | a client's: `host:port` | the same |
//! | tags | `http.method`; `url`, without userinfo and query; `http.status_code` | `rpc.status_code`: `OK`, `NOT_FOUND`, .. |
//! | an error | a status from 400 on, or as [`Client::is_error`] says | any status but `OK` |
//! | ends | with the head of the response; with `time_bodies()`, with its body | with its status, which comes in the head or in the trailers |
//!
//! A gRPC call that fails has a log with the status as `error.kind` and the decoded text of
//! `grpc-message`. A call that fails without a response has a log with the error's type, message
//! and causes. A cancelled call, whose future or body is dropped before its end, has the log
//! `event=cancelled`. gRPC-Web has its status in the body, so it is recorded as HTTP.

mod body;
mod call;
mod call_future;
mod client;
mod elsewhere;
mod grpc;
mod head;
mod hosts;
mod names;
mod options;
mod protocol;
mod router;
mod server;
mod url;

pub use body::TracedBody;
pub use call::{Call, Step};
pub use call_future::CallFuture;
pub use client::Client;
pub use head::Head;
pub use router::{NoRouter, Route, Router};
pub use server::Server;
