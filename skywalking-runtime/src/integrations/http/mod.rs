//! Calls by HTTP, as spans: the core that integrations are written with. For servers and clients
//! that are made of tower services there are finished layers in
//! [`tower`](crate::integrations::tower).
//!
//! [`Client::begin`] is handed a request before it is sent and writes the headers of the trace into
//! it; the [`Call`] that it returns is told what came back. It opens no connection, changes nothing
//! of the request but the three headers, and doesn't look into bodies.
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
//!     let (answer, mut call) = call.during(send(Request::from_parts(parts, body))).await;
//!     match answer {
//!         Ok(response) => {
//!             call.answered(response.status(), response.headers());
//!             // Of a gRPC call, and with `time_bodies()`, it ends with the body.
//!             let _response = response.map(|body| call.body(body));
//!         }
//!         Err(error) => call.failed(&error),
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
//! # What a span says
//!
//! | | HTTP | gRPC (content type `application/grpc`, `application/grpc+proto`, ..) |
//! | --- | --- | --- |
//! | name | `METHOD:/path`; of a server see [names](crate::integrations::tower#names) | `/package.Service/Method` |
//! | layer | `Http` | `RPCFramework` |
//! | component | 49 (`http`) of a server, 2 (`HttpClient`) of a client | 23 (`GRPC`) |
//! | peer | a client's: `host:port` | the same |
//! | tags | `http.method`; `url`, without userinfo and query; `http.status_code` | `rpc.status_code`: `OK`, `NOT_FOUND`, .. |
//! | an error | a status from 400 on, or as [`Client::is_error`] says | any status but `OK` |
//! | ends | with the head of the response, or with its body, if told so | with its status, which comes in the head or in the trailers |
//!
//! A gRPC call that fails has a log with the status as `error.kind` and the text of `grpc-message`,
//! decoded. A call that fails without a response has a log with the error's type, message and
//! causes. One that is given up (its future or its body dropped half way) has the log
//! `event=cancelled`. gRPC-Web has its status in the body and is HTTP here.

mod body;
mod call;
mod client;
mod grpc;
mod hosts;
mod names;
pub(super) mod options;
mod router;
mod server;
pub(super) mod url;

pub use body::TracedBody;
pub(super) use call::Look;
pub use call::{Call, During};
pub use client::Client;
pub use options::Head;
pub use server::Server;
