//! Queries of metrics: services, instances, endpoints, the map, and calls over time.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;

use super::{params, respond};
use crate::state::CollectorState;

pub(super) fn routes() -> Router<Arc<CollectorState>> {
    Router::new()
        .route("/api/services", get(services))
        .route("/api/instances", get(instances))
        .route("/api/endpoints", get(endpoints))
        .route("/api/series", get(series))
        .route("/api/topology", get(topology))
}

async fn services(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::range(query), move |range| Some(state.services(range)))
        .await
}

async fn instances(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), 0, params::instances(query), move |params| {
        Some(state.instances(params.service.as_deref(), params.range))
    })
    .await
}

async fn endpoints(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), 0, params::endpoints(query), move |params| {
        let limit = params.endpoints();
        Some(state.endpoints(params.service, params.range, limit))
    })
    .await
}

async fn series(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::series(query), move |(of, range, points)| {
        Some(state.series(of, range, points))
    })
    .await
}

async fn topology(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::range(query), move |range| Some(state.topology(range)))
        .await
}
