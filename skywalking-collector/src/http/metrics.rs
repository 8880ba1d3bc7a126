//! Queries of metrics: services, instances, endpoints, the map, calls over time, statements and
//! violations.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::params::{self, Violations};
use super::respond;
use crate::api::{RuleView, ViolationView};
use crate::state::CollectorState;

pub(super) fn routes() -> Router<Arc<CollectorState>> {
    Router::new()
        .route("/api/services", get(services))
        .route("/api/instances", get(instances))
        .route("/api/endpoints", get(endpoints))
        .route("/api/series", get(series))
        .route("/api/topology", get(topology))
        .route("/api/statements", get(statements))
        .route("/api/violations", get(violations))
}

async fn services(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::range(query), move |range, memory| {
        state.services(range, memory)
    })
    .await
}

async fn instances(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), params::instances(query), move |params, memory| {
        state.instances(params.service.as_deref(), params.range, memory)
    })
    .await
}

async fn endpoints(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), params::endpoints(query), move |params, memory| {
        let limit = params.endpoints();
        state.endpoints(params.service, params.range, limit, memory)
    })
    .await
}

async fn series(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::series(query), move |(of, range, points), memory| {
        state.series(of, range, points, memory)
    })
    .await
}

async fn topology(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::range(query), move |range, memory| {
        state.topology(range, memory)
    })
    .await
}

async fn statements(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), params::statements(query), move |params, memory| {
        let limit = params.statements();
        state.statements(params.service.as_deref(), params.kind, params.range, limit, memory)
    })
    .await
}

/// The violations that were asked for.
#[derive(Serialize)]
#[serde(untagged)]
enum Found {
    List(Vec<ViolationView>),
    ByRule(Vec<RuleView>),
}

async fn violations(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), params::violations(query), move |params, memory| match params {
        Violations::ByRule(service) => state.rules(service.as_deref(), memory).map(Found::ByRule),
        Violations::List(query) => state.violations(&query, memory).map(Found::List),
    })
    .await
}
