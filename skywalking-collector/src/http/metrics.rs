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
    respond(Arc::clone(&state), 0, params::range(query), move |range| state.services(range)).await
}

async fn instances(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), 0, params::instances(query), move |params| {
        state.instances(params.service.as_deref(), params.range)
    })
    .await
}

async fn endpoints(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), 0, params::endpoints(query), move |params| {
        let limit = params.endpoints();
        state.endpoints(params.service, params.range, limit)
    })
    .await
}

async fn series(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::series(query), move |(of, range, points)| {
        state.series(of, range, points)
    })
    .await
}

async fn topology(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), 0, params::range(query), move |range| state.topology(range)).await
}

async fn statements(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), 0, params::statements(query), move |params| {
        let limit = params.statements();
        state.statements(params.service.as_deref(), params.kind, params.range, limit)
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
    respond(Arc::clone(&state), 0, params::violations(query), move |params| match params {
        Violations::ByRule(service) => Found::ByRule(state.rules(service.as_deref())),
        Violations::List(query) => Found::List(state.violations(&query)),
    })
    .await
}
