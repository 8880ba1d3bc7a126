//! The service that the shop calls. It is not traced.

use std::net::SocketAddr;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Starts the service on a free port of this machine. It ends with the runtime.
pub(crate) async fn start() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(
        axum::serve(listener, Router::new().route("/stock/{id}", get(level))).into_future(),
    );
    Ok(address)
}

async fn level(Path(id): Path<u64>) -> Result<Json<Value>, StatusCode> {
    if id < 100 { Ok(Json(json!({ "pieces": id % 4 }))) } else { Err(StatusCode::NOT_FOUND) }
}
