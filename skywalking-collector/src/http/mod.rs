//! HTTP: JSON to read, and what agents report (`intake`).
//!
//! A web page must not be able to read it: there is no CORS header, and the `Host` header has to name this machine, so
//! that a page can't get in by pointing its own name at 127.0.0.1 (`host`). Nor may it report. Who gets in is decided in
//! one place (`gate`).

mod answer;
mod body;
mod gate;
mod host;
mod intake;
mod query;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use crate::names::{self, quoted};
use crate::shared::Shared;
use answer::{json, problem};
use gate::Gate;

/// Serves until the collector stops.
pub(crate) async fn serve(listener: tokio::net::TcpListener, address: SocketAddr, shared: Arc<Shared>) -> Result<(), std::io::Error> {
    let stopped = Arc::clone(&shared);
    axum::serve(listener, router(address, shared)).with_graceful_shutdown(async move { stopped.stopped().await }).await
}

fn router(bound: SocketAddr, shared: Arc<Shared>) -> Router {
    let gate = Gate { bound, shared: Arc::clone(&shared) };
    Router::new()
        .route(gate::OPEN, get(healthcheck))
        .route("/api/services", get(services))
        .route("/api/instances", get(instances))
        .route("/api/traces", get(traces))
        .route("/api/traces/{trace_id}", get(trace))
        .route("/api/topology", get(topology))
        .route("/api/violations", get(violations))
        .merge(intake::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(gate, gate::check))
        .with_state(shared)
}

async fn healthcheck() -> Response {
    json(StatusCode::OK, &serde_json::json!({ "status": "ok" }))
}

async fn services(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(query, query::none, move |()| Some(shared.services())).await
}

async fn instances(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(query, query::service, move |service| {
        let mut found = shared.instances();
        found.retain(|known| service.as_ref().is_none_or(|service| known.service == names::service(service)));
        Some(found)
    })
    .await
}

async fn traces(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(query, query::traces, move |query| Some(shared.traces(&query))).await
}

async fn topology(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(query, query::none, move |()| Some(shared.topology())).await
}

async fn violations(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(query, query::traces, move |query| Some(shared.violations(&query))).await
}

async fn trace(State(shared): State<Arc<Shared>>, id: Result<Path<String>, PathRejection>, RawQuery(query): RawQuery) -> Response {
    let Ok(Path(id)) = id else {
        return problem(StatusCode::BAD_REQUEST, "the trace id in the path is no percent-encoded UTF-8: encode it again");
    };
    let missing =
        format!("trace {} is not stored: it has not arrived, or had to go for newer ones; /api/traces lists those that are", quoted(&id));
    let mut answer = read(query, query::none, move |()| shared.trace(&id)).await;
    if answer.status() == StatusCode::NOT_FOUND {
        answer = problem(StatusCode::NOT_FOUND, &missing);
    }
    answer
}

async fn unknown(uri: Uri) -> Response {
    let path = quoted(uri.path());
    let reading =
        "ask for /healthcheck, /api/services, /api/instances, /api/traces, /api/traces/{traceId}, /api/topology or /api/violations";
    let reporting = "report to /v3/segment, /v3/segments, /v3/management/reportProperties or /v3/management/keepAlive";
    problem(StatusCode::NOT_FOUND, &format!("there is no {path}: {reading}, {reporting}"))
}

async fn wrong_method(method: Method, uri: Uri) -> Response {
    let method = quoted(method.as_str());
    let right = if uri.path().starts_with(intake::PREFIX) { "POST" } else { "GET" };
    problem(StatusCode::METHOD_NOT_ALLOWED, &format!("{method} is not answered here: use {right}"))
}

/// Reads the query, then looks up and writes on a thread that may take its time: an answer can be many megabytes.
async fn read<Q, T>(
    query: Option<String>,
    parse: impl FnOnce(&str) -> Result<Q, query::Unreadable>,
    look_up: impl FnOnce(Q) -> Option<T> + Send + 'static,
) -> Response
where
    Q: Send + 'static,
    T: Serialize + 'static,
{
    let query = match parse(query.as_deref().unwrap_or_default()) {
        Ok(query) => query,
        Err(unreadable) => return problem(StatusCode::BAD_REQUEST, &unreadable.to_string()),
    };
    let answer = tokio::task::spawn_blocking(move || {
        look_up(query).map_or_else(|| problem(StatusCode::NOT_FOUND, "not stored"), |found| json(StatusCode::OK, &found))
    });
    answer.await.unwrap_or_else(|_| problem(StatusCode::SERVICE_UNAVAILABLE, "the collector is ending"))
}
