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
use super::response::error_response;
use super::{Failure, try_respond};
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

/// The trace id in the path.
type TraceId = Result<Path<String>, PathRejection>;

async fn trace(State(state): SharedState, id: TraceId, RawQuery(query): RawQuery) -> Response {
    let params = params::none(query);
    of_trace(state, id, CollectorState::trace_bytes, params, |state, id, ()| state.trace(id)).await
}

async fn skeleton(State(state): SharedState, id: TraceId, RawQuery(query): RawQuery) -> Response {
    let params = params::none(query);
    of_trace(state, id, CollectorState::rows_bytes, params, |state, id, ()| state.skeleton(id))
        .await
}

/// The rows that contain a text.
#[derive(Serialize)]
struct Found {
    rows: Vec<usize>,
}

async fn search(State(state): SharedState, id: TraceId, RawQuery(query): RawQuery) -> Response {
    let params = params::text(query);
    of_trace(state, id, CollectorState::rows_bytes, params, |state, id, text| {
        state.matching_rows(id, &text).map(|rows| Found { rows })
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
    try_respond(shared, bytes, params::none(query), move |(), _| {
        state.span_details(&id, &segment_id, span_id).ok_or(Failure::Missing(missing))
    })
    .await
}

/// Responds to a query of a whole trace. `bytes` returns the memory of the result.
async fn of_trace<P, T>(
    state: Arc<CollectorState>,
    id: TraceId,
    bytes: impl FnOnce(&CollectorState, &str) -> usize,
    params: Result<P, ParamError>,
    look_up: impl FnOnce(&CollectorState, &str, P) -> Option<T> + Send + 'static,
) -> Response
where
    P: Send + 'static,
    T: Serialize + 'static,
{
    let Ok(Path(id)) = id else { return invalid_path() };
    let missing = format!(
        "trace {} is not stored: it has not arrived, or it was evicted; /api/traces lists the stored traces",
        quoted(&id)
    );
    let (shared, bytes) = (Arc::clone(&state), bytes(&state, &id));
    try_respond(shared, bytes, params, move |params, _| {
        look_up(&state, &id, params).ok_or(Failure::Missing(missing))
    })
    .await
}

pub(super) fn invalid_path() -> Response {
    error_response(
        StatusCode::BAD_REQUEST,
        "the path is not percent-encoded UTF-8: encode the ids in it again",
    )
}
