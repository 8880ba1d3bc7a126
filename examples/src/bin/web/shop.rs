//! The service to copy from: axum in front, reqwest behind.

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

/// One layer traces the server: each request is an Entry span, named by its route, that goes on
/// with the trace of the request's headers.
pub(crate) fn app(shop: Shop) -> Router {
    let tracing = ServerLayer::new()
        .ignore_paths(["/health"]) // nobody looks for these
        .is_error(|status| status.is_server_error()) // a 404 is no failure of the service
        .trace_id_header("x-trace-id"); // what a user can name who reports a fault
    Router::new()
        .route("/items/{id}", get(item))
        .route("/health", get(async || "fine\n"))
        .layer(tracing)
        .with_state(shop)
}

/// One middleware traces the client: each request is an Exit span, and carries the trace along.
pub(crate) fn client() -> Result<ClientWithMiddleware, skywalking_reqwest::Error> {
    // The headers tell names of services: only these hosts get them.
    let tracing = http::Client::new().propagate_to(["127.0.0.1", "*.shop.example"]);
    skywalking_reqwest::client(reqwest::Client::builder(), Tracing::from(tracing))
}

#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) client: ClientWithMiddleware,
    /// Where the stock is asked: `http://HOST:PORT`.
    pub(crate) stock: String,
}

#[derive(Serialize)]
struct Item {
    id: u64,
    delivery: &'static str,
}

/// Attributes work as ever. This one makes no second Entry span: it merges with the layer's, and
/// adds a tag to it. `no_err`, since the layer judges by the status.
#[entry_span(tags("item.id" = id), no_err)]
async fn item(State(shop): State<Shop>, Path(id): Path<u64>) -> Result<Json<Item>, Problem> {
    let level = shop.level(id).await?;
    Ok(Json(Item { id, delivery: delivery(level.pieces) }))
}

/// A step of its own in the trace.
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
    /// Nothing of tracing in it: the client does that.
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
    #[error("there is no item {0}")]
    NoSuchItem(u64),
    #[error("the stock can't be asked, try again later")]
    Call(#[from] reqwest_middleware::Error),
    #[error("the stock can't be asked, try again later")]
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

    /// The spans of one request, with the stock's address left out.
    async fn spans(stock: &str, path: &str) -> String {
        let app = app(Shop { client: client().unwrap(), stock: format!("http://{stock}") });
        let request = Request::get(path).header("host", "shop:8080").body(Body::empty()).unwrap();
        let trees = testing::run_async(async { drop(app.oneshot(request).await) }).await;
        testing::text(&trees).replace(stock, "stock:80")
    }

    #[tokio::test]
    async fn the_layer_and_the_handler_make_one_entry_span() {
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
    async fn what_is_not_there_is_an_error_of_the_call_and_none_of_the_service() {
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
