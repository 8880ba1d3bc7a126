//! Queries of logs, meters and events.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::response::error_response;
use super::{Failure, params, respond, try_respond};
use crate::api::{LogQuery, LogRecord, MAX_LOGS, SortOrder};
use crate::query::LogDetail;
use crate::state::CollectorState;
use crate::text::quoted;

type SharedState = State<Arc<CollectorState>>;

pub(super) fn routes() -> Router<Arc<CollectorState>> {
    Router::new()
        .route("/api/logs", get(logs))
        .route("/api/logs/{number}", get(log))
        .route("/api/traces/{trace_id}/logs", get(trace_logs))
        .route("/api/meters", get(meters))
        .route("/api/events", get(events))
}

async fn logs(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::logs(query), move |query, memory| {
        state.logs(&query, LogDetail::Cut, memory)
    })
    .await
}

async fn log(
    State(state): SharedState,
    number: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let number = number.map(|Path(number)| number).unwrap_or_default();
    let Ok(parsed) = number.parse::<u64>() else {
        let number = quoted(&number);
        let message = format!("invalid log {number} in the path: expected `number` of a log");
        return error_response(StatusCode::BAD_REQUEST, &message);
    };
    let found = state.log(parsed);
    let bytes = found.as_ref().map_or(0, |log| LogDetail::Whole.bytes(log));
    try_respond(state, bytes, params::none(query), move |(), _| {
        let missing = || {
            Failure::Missing(format!(
                "log {parsed} is not stored: it was evicted; /api/logs lists the stored logs"
            ))
        };
        found.map(|log| LogRecord::clone(&log)).ok_or_else(missing)
    })
    .await
}

/// The logs of a trace. Without any, the list is empty.
#[derive(Serialize)]
struct TraceLogs {
    logs: Vec<LogRecord>,
    /// The number of logs, which may be more than those of the list.
    matched: usize,
}

async fn trace_logs(
    State(state): SharedState,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path(id)) = id else { return super::trace::invalid_path() };
    respond(Arc::clone(&state), params::none(query), move |(), memory| {
        let query = LogQuery::new().trace(id).order(SortOrder::Ascending).limit(MAX_LOGS);
        let page = state.logs(&query, LogDetail::Cut, memory)?;
        Ok(TraceLogs { logs: page.logs, matched: page.matched })
    })
    .await
}

async fn meters(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::meters(query), move |query, memory| {
        state.meters(&query, memory)
    })
    .await
}

async fn events(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::events(query), move |query, memory| {
        state.events(&query, memory)
    })
    .await
}
