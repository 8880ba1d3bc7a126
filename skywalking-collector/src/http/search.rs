//! Searches: lists of traces, their histogram, the tags, and names.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::{params, respond};
use crate::api::{TagKey, TagValue};
use crate::state::CollectorState;

type SharedState = State<Arc<CollectorState>>;

pub(super) fn routes() -> Router<Arc<CollectorState>> {
    Router::new()
        .route("/api/traces", get(traces))
        .route("/api/histogram", get(histogram))
        .route("/api/tags/keys", get(tag_keys))
        .route("/api/tags/values", get(tag_values))
        .route("/api/find", get(find))
}

async fn traces(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::traces(query), move |query, memory| {
        state.search(&query, memory)
    })
    .await
}

async fn histogram(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::histogram(query), move |(query, buckets), memory| {
        state.histogram(&query, buckets, memory)
    })
    .await
}

#[derive(Debug, Serialize)]
struct TagKeys {
    keys: Vec<TagKey>,
}

async fn tag_keys(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::service(query), move |service, memory| {
        Ok(TagKeys { keys: state.tag_keys(service.as_deref(), memory)? })
    })
    .await
}

#[derive(Debug, Serialize)]
struct TagValues {
    values: Vec<TagValue>,
}

async fn tag_values(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::tag_values(query), move |params, memory| {
        let service = params.service.as_deref();
        let values = state.tag_values(&params.key, service, params.limit, memory)?;
        Ok(TagValues { values })
    })
    .await
}

async fn find(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::find(query), move |(text, limit), memory| {
        state.find(&text, limit, memory)
    })
    .await
}
