//! Queries of metrics: services, instances, endpoints, the map, calls over time, statements and
//! violations.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;

use super::params::{self, Violations};
use super::respond;
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

async fn statements(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    respond(Arc::clone(&state), 0, params::statements(query), move |params| {
        let limit = params.statements();
        Some(state.statements(params.service.as_deref(), params.kind, params.range, limit))
    })
    .await
}

async fn violations(
    State(state): State<Arc<CollectorState>>,
    RawQuery(query): RawQuery,
) -> Response {
    match params::violations(query) {
        Ok(Violations::ByRule(service)) => {
            respond(Arc::clone(&state), 0, Ok(()), move |()| Some(state.rules(service.as_deref())))
                .await
        }
        Ok(Violations::List(query)) => {
            respond(Arc::clone(&state), 0, Ok(()), move |()| Some(state.violations(&query))).await
        }
        Err(error) => respond(state, 0, Err(error), |()| Some(())).await,
    }
}
