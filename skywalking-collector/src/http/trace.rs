//! Queries of one trace.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::params::{self, ParamError};
use super::respond;
use super::response::error_response;
use crate::state::CollectorState;
use crate::text::quoted;

type SharedState = State<Arc<CollectorState>>;

pub(super) fn routes() -> Router<Arc<CollectorState>> {
    Router::new()
        .route("/api/traces/{trace_id}", get(trace))
        .route("/api/traces/{trace_id}/skeleton", get(skeleton))
        .route("/api/traces/{trace_id}/search", get(search))
        .route("/api/traces/{trace_id}/spans/{segment_id}/{span_id}", get(span))
}

async fn trace(
    State(state): SharedState,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path(id)) = id else { return invalid_path() };
    let (missing, bytes) = (not_stored(&id), state.trace_bytes(&id));
    let shared = Arc::clone(&state);
    answer(shared, bytes, params::none(query), missing, move |()| state.trace(&id)).await
}

async fn skeleton(
    State(state): SharedState,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path(id)) = id else { return invalid_path() };
    let (missing, bytes) = (not_stored(&id), state.rows_bytes(&id));
    let shared = Arc::clone(&state);
    answer(shared, bytes, params::none(query), missing, move |()| state.skeleton(&id)).await
}

/// The rows that contain a text.
#[derive(Serialize)]
struct Found {
    rows: Vec<usize>,
}

async fn search(
    State(state): SharedState,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path(id)) = id else { return invalid_path() };
    let (missing, bytes) = (not_stored(&id), state.rows_bytes(&id));
    let shared = Arc::clone(&state);
    answer(shared, bytes, params::text(query), missing, move |text| {
        state.matching_rows(&id, &text).map(|rows| Found { rows })
    })
    .await
}

async fn span(
    State(state): SharedState,
    path: Result<Path<(String, String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path((id, segment_id, number))) = path else { return invalid_path() };
    let Ok(span_id) = number.parse::<i32>() else {
        let message = format!("invalid span id {} in the path: expected a number", quoted(&number));
        return error_response(StatusCode::BAD_REQUEST, &message);
    };
    let missing = format!(
        "span {span_id} of segment {} is not stored in trace {}: it has not arrived, or it was evicted",
        quoted(&segment_id),
        quoted(&id)
    );
    let bytes = state.rows_bytes(&id);
    let shared = Arc::clone(&state);
    answer(shared, bytes, params::none(query), missing, move |()| {
        state.span_details(&id, &segment_id, span_id)
    })
    .await
}

/// Like [`respond`], with the message of a 404.
async fn answer<P, T>(
    state: Arc<CollectorState>,
    bytes: usize,
    params: Result<P, ParamError>,
    missing: String,
    look_up: impl FnOnce(P) -> Option<T> + Send + 'static,
) -> Response
where
    P: Send + 'static,
    T: Serialize + 'static,
{
    let response = respond(state, bytes, params, look_up).await;
    if response.status() == StatusCode::NOT_FOUND {
        return error_response(StatusCode::NOT_FOUND, &missing);
    }
    response
}

fn not_stored(id: &str) -> String {
    format!(
        "trace {} is not stored: it has not arrived, or it was evicted; /api/traces lists the stored traces",
        quoted(id)
    )
}

fn invalid_path() -> Response {
    error_response(
        StatusCode::BAD_REQUEST,
        "the path is not percent-encoded UTF-8: encode the ids in it again",
    )
}
