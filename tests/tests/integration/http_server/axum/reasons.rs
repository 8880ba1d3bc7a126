//! The reason of a failed request, recorded where the error becomes a response.

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use skywalking_runtime::{current, entry_span};
use skywalking_tower::ServerLayer;
use tower::{BoxError, ServiceBuilder};

use super::{request, tree_of};

#[derive(Debug, thiserror::Error)]
#[error("the stock does not answer")]
struct StockError(#[source] std::io::Error);

impl StockError {
    fn new() -> Self {
        Self(std::io::Error::other("connection reset"))
    }
}

impl IntoResponse for StockError {
    fn into_response(self) -> Response {
        current().record_error(&self);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

const HEAD: &str =
    "layer=Http component=49 ERROR {http.method=GET, url=shop:8080/items, http.status_code=500}";
const LOG: &str = "[event=error error.kind=integration::http_server::axum::reasons::StockError message=the stock does not answer \
                   stack=the stock does not answer\\nCaused by: connection reset]";

#[tokio::test]
async fn error_of_a_handler_is_a_log_of_the_span() {
    async fn plain() -> Result<(), StockError> {
        Err(StockError::new())
    }
    #[entry_span(name = "/items", no_err)]
    async fn annotated() -> Result<(), StockError> {
        Err(StockError::new())
    }

    let router = Router::new().route("/items", get(plain)).layer(ServerLayer::new());

    assert_eq!(
        tree_of(router, request("/items")).await,
        format!("Entry GET:/items {HEAD} {LOG}\n")
    );

    let router = Router::new().route("/items", get(annotated)).layer(ServerLayer::new());
    assert_eq!(tree_of(router, request("/items")).await, format!("Entry /items {HEAD} {LOG}\n"));
}

#[tokio::test]
async fn error_of_a_middleware_is_a_log_of_the_span() {
    let refusing = middleware::from_fn(|_: axum::extract::Request, _: middleware::Next| async {
        Err::<(), _>(StockError::new())
    });
    let router =
        Router::new().route("/items", get(|| async {})).layer(refusing).layer(ServerLayer::new());

    assert_eq!(
        tree_of(router, request("/items")).await,
        format!("Entry GET:/items {HEAD} {LOG}\n")
    );

    let handled = ServiceBuilder::new()
        .layer(ServerLayer::new())
        .layer(HandleErrorLayer::new(|error: BoxError| async move {
            current().record_error(&*error);
            StatusCode::INTERNAL_SERVER_ERROR
        }))
        .map_future(|future| async {
            drop::<Result<Response, std::convert::Infallible>>(future.await);
            Err::<Response, BoxError>("broken".into())
        });
    let router = Router::new().route("/items", get(|| async {})).layer(handled);
    let tree = tree_of(router, request("/items")).await;

    assert!(
        tree.starts_with(&format!("Entry GET:/items {HEAD} [event=error "))
            && tree.contains("message=broken"),
        "{tree}"
    );
}
