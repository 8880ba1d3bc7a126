//! HTTP: JSON to read, and what agents report (`intake`).
//!
//! A web page must not be able to read it: there is no CORS header, and the `Host` header has to
//! name this machine, so that a page can't get in by pointing its own name at 127.0.0.1 (`host`).
//! Nor may it report. Who gets in is decided in one place (`gate`).

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
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::budget::Full;
use crate::names::{self, quoted};
use crate::serve::{self, Answer, Question};
use crate::shared::Shared;
use answer::{json, problem};
use gate::Gate;

/// What a connection reads ahead beside the budget. A head of twice as much is refused.
const READ_AHEAD: usize = 64 * 1024;

/// Serves until the collector stops.
pub(crate) async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
) -> std::io::Result<()> {
    let router = router(address, Arc::clone(&shared));
    let stopping = Arc::clone(&shared);
    let mut http = http1::Builder::new();
    http.max_buf_size(READ_AHEAD);
    serve::serve(listener, shared, move |stream, connection| {
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (router, connection) = (router.clone(), Arc::clone(&connection));
            async move {
                connection.requested();
                let working = connection.work();
                let answered =
                    router.call(request.map(|body| Question::new(body, &connection))).await;
                let answered =
                    answered.map(|response| response.map(|body| Answer::new(body, &connection)));
                drop(working);
                answered
            }
        });
        serve::until_stopped(http.serve_connection(stream, service), Arc::clone(&stopping))
    })
    .await
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
        .route("/api/stats", get(stats))
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
    read(Arc::clone(&shared), 0, query, query::none, move |()| Some(shared.services())).await
}

async fn instances(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(Arc::clone(&shared), 0, query, query::service, move |service| {
        let mut found = shared.instances();
        found.retain(|known| {
            service.as_ref().is_none_or(|service| known.service == names::service(service))
        });
        Some(found)
    })
    .await
}

async fn traces(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(Arc::clone(&shared), 0, query, query::traces, move |query| Some(shared.traces(&query)))
        .await
}

async fn topology(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(Arc::clone(&shared), 0, query, query::none, move |()| Some(shared.topology())).await
}

async fn violations(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(Arc::clone(&shared), 0, query, query::traces, move |query| Some(shared.violations(&query)))
        .await
}

async fn stats(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    read(Arc::clone(&shared), 0, query, query::none, move |()| Some(shared.stats())).await
}

async fn trace(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path(id)) = id else {
        return problem(
            StatusCode::BAD_REQUEST,
            "the trace id in the path is no percent-encoded UTF-8: encode it again",
        );
    };
    let missing = format!(
        "trace {} is not stored: it has not arrived, or had to go for newer ones; /api/traces lists those that are",
        quoted(&id)
    );
    let bytes = shared.trace_bytes(&id);
    let mut answer =
        read(Arc::clone(&shared), bytes, query, query::none, move |()| shared.trace(&id)).await;
    if answer.status() == StatusCode::NOT_FOUND {
        answer = problem(StatusCode::NOT_FOUND, &missing);
    }
    answer
}

async fn unknown(uri: Uri) -> Response {
    let path = quoted(uri.path());
    let reading = "ask for /healthcheck, /api/services, /api/instances, /api/traces, /api/traces/{traceId}, /api/topology, /api/violations or /api/stats";
    let reporting = "report to /v3/segment, /v3/segments, /v3/management/reportProperties, /v3/management/keepAlive, /v3/logs or /v3/events";
    problem(StatusCode::NOT_FOUND, &format!("there is no {path}: {reading}, {reporting}"))
}

async fn wrong_method(method: Method, uri: Uri) -> Response {
    let method = quoted(method.as_str());
    let right = if uri.path().starts_with(intake::PREFIX) { "POST" } else { "GET" };
    problem(StatusCode::METHOD_NOT_ALLOWED, &format!("{method} is not answered here: use {right}"))
}

/// Reads the query, then looks up and writes on a thread that may take its time: an answer can be
/// many megabytes. What is looked up takes `bytes`.
async fn read<Q, T>(
    shared: Arc<Shared>,
    bytes: usize,
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
    let mut share = shared.budget().share();
    // Once as it is looked up, and about as much as it is written. Not during a turn: who waits for
    // room must not hold up those who need none.
    if share.grow(bytes.saturating_mul(2)).await.is_err() {
        return busy();
    }
    let Ok(turn) = Arc::clone(shared.turns()).acquire_owned().await else { return busy() };
    let answer = tokio::task::spawn_blocking(move || {
        let answer = look_up(query).map(|found| answer::written(&found, share.into_buffer(bytes)));
        drop(turn);
        match answer {
            Some(Ok(buffer)) => answer::counted(buffer.alone()),
            Some(Err(Full)) => busy(),
            None => problem(StatusCode::NOT_FOUND, "not stored"),
        }
    });
    answer
        .await
        .unwrap_or_else(|_| problem(StatusCode::SERVICE_UNAVAILABLE, "the collector is ending"))
}

/// The budget has no room.
fn busy() -> Response {
    problem(StatusCode::SERVICE_UNAVAILABLE, &Full.to_string())
}
