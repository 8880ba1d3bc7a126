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

/// The memory of a summary and its texts, of which most are shorter.
const SUMMARY: usize = 1_024;

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
    let params = params::traces(query);
    let most = params.as_ref().map_or(0, |query| query.limit.min(state.stats().traces_stored));
    respond(Arc::clone(&state), most * SUMMARY, params, move |query| state.search(&query)).await
}

async fn histogram(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::histogram(query), move |(query, buckets)| {
        state.histogram(&query, buckets)
    })
    .await
}

#[derive(Debug, Serialize)]
struct TagKeys {
    keys: Vec<TagKey>,
}

async fn tag_keys(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::service(query), move |service| TagKeys {
        keys: state.tag_keys(service.as_deref()),
    })
    .await
}

#[derive(Debug, Serialize)]
struct TagValues {
    values: Vec<TagValue>,
}

async fn tag_values(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::tag_values(query), move |params| {
        let service = params.service.as_deref();
        TagValues { values: state.tag_values(&params.key, service, params.limit) }
    })
    .await
}

async fn find(State(state): SharedState, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::find(query), move |(text, limit)| {
        state.find(&text, limit)
    })
    .await
}
