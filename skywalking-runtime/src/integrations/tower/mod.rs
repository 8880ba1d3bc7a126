//! Layers for what is made of tower services: axum, tonic and hyper servers, tonic and hyper clients.
//!
//! A client, of `hyper-util` here:
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
//! let client = ServiceBuilder::new().layer(ClientLayer::new()).service(legacy);
//! let response = client.oneshot(Request::get("http://stock:8080/v1/items").body(String::new())?).await?;
//! assert_eq!(response.status(), 200);
//! # Ok::<_, Box<dyn std::error::Error>>(()) }).await;
//! # assert_eq!(
//! #     testing::text(&trees),
//! #     "Exit GET:/v1/items layer=Http component=2 peer=stock:8080 \
//! #      {http.method=GET, url=http://stock:8080/v1/items, http.status_code=200}\n"
//! # );
//! # });
//! ```
//!
//! What the spans say is told in [`http`](crate::http).

mod client;
mod errors;

pub use client::{Client, ClientFuture, ClientLayer};
pub use errors::{BoxedErrors, ServiceError, TypedErrors};
