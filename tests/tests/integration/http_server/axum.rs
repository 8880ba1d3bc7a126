//! axum with the layer on its routes.

mod bodies;
mod endings;
mod names;
mod options;
mod reasons;
mod unchanged;

use axum::Router;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use skywalking_tower::ServerLayer;
use tower::ServiceExt as _;

use crate::http_server::harness;

pub(crate) type Body = axum::body::Body;

/// Returns the routes of most tests.
fn routes() -> Router {
    Router::new()
        .route("/items/{id}", get(|| async { "an item" }))
        .route("/missing", get(|| async { StatusCode::NOT_FOUND }))
        .route("/broken", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "busy") }))
        .route("/health", get(|| async { harness::annotated() }))
        .route("/panics", get(panics))
}

async fn panics() {
    panic!("the handler is broken");
}

fn traced(layer: ServerLayer) -> Router {
    routes().layer(layer)
}

fn request(path: &str) -> Request<Body> {
    harness::get(path)
}

async fn answer(router: Router, request: Request<Body>) -> Response {
    router.oneshot(request).await.unwrap_or_else(|error| match error {})
}

/// Returns the tree of a request to these routes.
async fn tree_of(router: Router, request: Request<Body>) -> String {
    harness::tree(async {
        let response = answer(router, request).await;
        harness::read(response.into_body()).await;
    })
    .await
}
