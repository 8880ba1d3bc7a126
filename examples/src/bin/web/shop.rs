//! The service to copy from, with axum and reqwest.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use reqwest_middleware::ClientWithMiddleware;
use serde::{Deserialize, Serialize};
use skywalking_reqwest::Tracing;
use skywalking_runtime::{current, entry_span, integrations::http, local_span};
use skywalking_tower::ServerLayer;

/// Traces the server with one layer. Each request is an entry span that is named by its route and
/// continues the trace of the headers.
pub(crate) fn app(shop: Shop) -> Router {
    let tracing = ServerLayer::new()
        .ignore_paths(["/health"]) // of no interest
        .is_error(|status| status.is_server_error()) // a 404 is not a failure of the service
        .trace_id_header("x-trace-id"); // for bug reports of users
    Router::new()
        .route("/items/{id}", get(item))
        .route("/health", get(async || "fine\n"))
        .layer(tracing)
        .with_state(shop)
}

/// Traces the client with one middleware. Each request is an exit span and propagates the trace.
pub(crate) fn client() -> reqwest::Result<ClientWithMiddleware> {
    // The headers contain names of services. Only these hosts receive them.
    let tracing = http::Client::new().propagate_to(["127.0.0.1", "*.shop.example"]);
    skywalking_reqwest::client(reqwest::Client::builder(), Tracing::from(tracing))
}

#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) client: ClientWithMiddleware,
    /// The URL of the stock: `http://HOST:PORT`.
    pub(crate) stock: String,
}

#[derive(Serialize)]
struct Item {
    id: u64,
    delivery: &'static str,
}

/// Attributes work as usual. This one doesn't create a second entry span: it merges with the
/// layer's and adds a tag. `no_err` leaves errors to the layer, which uses the status.
#[entry_span(tags("item.id" = id), no_err)]
async fn item(State(shop): State<Shop>, Path(id): Path<u64>) -> Result<Json<Item>, Problem> {
    let level = shop.level(id).await?;
    Ok(Json(Item { id, delivery: delivery(level.pieces) }))
}

/// A child span.
#[local_span(name = "delivery")]
fn delivery(pieces: u32) -> &'static str {
    current().tag("pieces", pieces);
    if pieces > 0 { "tomorrow" } else { "in a week" }
}

#[derive(Deserialize)]
struct Level {
    pieces: u32,
}

impl Shop {
    /// Has no tracing code: the client does it.
    async fn level(&self, id: u64) -> Result<Level, Problem> {
        let answer = self.client.get(format!("{}/stock/{id}", self.stock)).send().await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Err(Problem::NoSuchItem(id));
        }
        Ok(answer.error_for_status()?.json().await?)
    }
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("unknown item {0}")]
    NoSuchItem(u64),
    #[error("the stock is unavailable, try again later")]
    Call(#[from] reqwest_middleware::Error),
    #[error("the stock is unavailable, try again later")]
    Answer(#[from] reqwest::Error),
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoSuchItem(_) => StatusCode::NOT_FOUND,
            Self::Call(_) | Self::Answer(_) => StatusCode::BAD_GATEWAY,
        };
        (status, format!("{self}\n")).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use skywalking_runtime::testing;
    use tower::ServiceExt as _;

    use super::*;

    /// Returns the spans of a request, without the address of the stock.
    async fn spans(stock: &str, path: &str) -> String {
        let app = app(Shop { client: client().unwrap(), stock: format!("http://{stock}") });
        let request = Request::get(path).header("host", "shop:8080").body(Body::empty()).unwrap();
        let trees = testing::run_async(async { drop(app.oneshot(request).await) }).await;
        testing::text(&trees).replace(stock, "stock:80")
    }

    #[tokio::test]
    async fn layer_and_handler_share_an_entry_span() {
        let stock = crate::stock::start().await.unwrap().to_string();
        assert_eq!(
            spans(&stock, "/items/7").await,
            "\
Entry GET:/items/{id} layer=Http component=49 {http.method=GET, url=shop:8080/items/7, item.id=7, http.status_code=200}
  Exit GET:/stock/7 layer=Http component=2 peer=stock:80 {http.method=GET, url=http://stock:80/stock/7, http.status_code=200}
  Local delivery {pieces=3}
"
        );
    }

    #[tokio::test]
    async fn missing_item_is_an_error_of_the_call_only() {
        let stock = crate::stock::start().await.unwrap().to_string();
        assert_eq!(
            spans(&stock, "/items/404").await,
            "\
Entry GET:/items/{id} layer=Http component=49 {http.method=GET, url=shop:8080/items/404, item.id=404, http.status_code=404}
  Exit GET:/stock/404 layer=Http component=2 peer=stock:80 ERROR {http.method=GET, url=http://stock:80/stock/404, http.status_code=404}
"
        );
        assert_eq!(spans(&stock, "/health").await, "");
    }
}
