//! The HTTP port: the pages, queries that return JSON, and reports of agents (`ingest`).
//!
//! Web pages can't read or report. Responses have no CORS headers, and the `Host` header must name
//! this machine, so that a page can't read by pointing its own name at 127.0.0.1 (`host`).
//! `access` makes all of these checks.

mod access;
mod body;
mod host;
mod ingest;
mod live;
mod metrics;
mod pages;
mod params;
mod records;
mod response;
mod search;
mod trace;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
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

use crate::budget::{BudgetExhausted, Reservation};
use crate::server::{self, Acceptor, RequestBody, ResponseBody};
use crate::state::CollectorState;
use crate::text::quoted;
use access::AccessControl;
use host::Hosts;
use params::ParamError;
use response::{error_response, json_response};

/// The size of a connection's read buffer, which is not part of the memory budget. A request head
/// of twice this size is refused.
const READ_BUFFER: usize = 64 * 1024;

/// The paths of queries, for the message of a 404.
const PATHS: &[&str] = &[
    access::HEALTHCHECK,
    "/api/about",
    "/api/services",
    "/api/instances",
    "/api/endpoints",
    "/api/series",
    "/api/statements",
    "/api/traces",
    "/api/histogram",
    "/api/tags/keys",
    "/api/tags/values",
    "/api/find",
    "/api/traces/{traceId}",
    "/api/traces/{traceId}/skeleton",
    "/api/traces/{traceId}/search",
    "/api/traces/{traceId}/spans/{segmentId}/{spanId}",
    "/api/traces/{traceId}/logs",
    "/api/live",
    "/api/logs",
    "/api/logs/{number}",
    "/api/live/logs",
    "/api/meters",
    "/api/events",
    "/api/topology",
    "/api/violations",
    "/api/stats",
];

/// Serves until the collector shuts down.
pub(crate) async fn serve(
    listener: TcpListener,
    acceptor: Acceptor,
    address: SocketAddr,
    allowed_hosts: Vec<String>,
    state: Arc<CollectorState>,
) {
    let (connections, shutdown) = (Arc::clone(state.connections()), Arc::clone(state.shutdown()));
    let ending = Arc::clone(&shutdown);
    let router = router(Hosts::new(address, allowed_hosts), state);
    let mut http = http1::Builder::new();
    http.max_buf_size(READ_BUFFER);
    server::serve(listener, acceptor, connections, shutdown, move |stream, connection| {
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (router, connection) = (router.clone(), Arc::clone(&connection));
            async move {
                connection.request_received();
                let handling = connection.handle_request();
                let response =
                    router.call(request.map(|body| RequestBody::new(body, &connection))).await;
                let response = response
                    .map(|response| response.map(|body| ResponseBody::new(body, &connection)));
                drop(handling);
                response
            }
        });
        server::serve_connection(http.serve_connection(stream, service), Arc::clone(&ending))
    })
    .await;
}

fn router(hosts: Hosts, state: Arc<CollectorState>) -> Router {
    let access = AccessControl { hosts, state: Arc::clone(&state) };
    Router::new()
        .route(access::HEALTHCHECK, get(healthcheck))
        .route("/api/live", get(live::traces))
        .route("/api/live/logs", get(live::logs))
        .route("/api/about", get(about))
        .route("/api/stats", get(stats))
        .merge(search::routes())
        .merge(metrics::routes())
        .merge(trace::routes())
        .merge(records::routes())
        .merge(ingest::routes())
        .merge(pages::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(access, access::check))
        .with_state(state)
}

async fn healthcheck() -> Response {
    json_response(StatusCode::OK, &serde_json::json!({ "status": "ok" }))
}

async fn stats(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::none(query), move |(), _| Ok(state.stats())).await
}

async fn about(State(state): State<Arc<CollectorState>>, RawQuery(query): RawQuery) -> Response {
    respond(Arc::clone(&state), params::none(query), move |(), _| Ok(state.about())).await
}

/// The paths for reports that the message of a 404 lists.
const REPORTS: &[&str] = &[
    "/v3/segment",
    "/v3/segments",
    "/v3/management/reportProperties",
    "/v3/management/keepAlive",
    "/v3/logs",
    "/v3/events",
];

async fn not_found(uri: Uri) -> Response {
    let (path, queries, reports) = (quoted(uri.path()), PATHS.join(", "), REPORTS.join(", "));
    let message = format!(
        "not found: {path}. Available endpoints: / (the pages), {queries}; for reports: {reports}"
    );
    error_response(StatusCode::NOT_FOUND, &message)
}

async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    let method = quoted(method.as_str());
    let allowed = if uri.path().starts_with(ingest::PREFIX) { "POST" } else { "GET" };
    error_response(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("method {method} is not allowed: use {allowed}"),
    )
}

/// Runs `look_up` with the parameters and writes the result as JSON, on a thread for blocking work:
/// a response can have many megabytes. `look_up` reserves the memory of the result before it builds
/// the result.
async fn respond<P, T>(
    state: Arc<CollectorState>,
    params: Result<P, ParamError>,
    look_up: impl FnOnce(P, &mut Reservation) -> Result<T, BudgetExhausted> + Send + 'static,
) -> Response
where
    P: Send + 'static,
    T: Serialize + 'static,
{
    try_respond(state, 0, params, |params, memory| Ok(look_up(params, memory)?)).await
}

/// Why a query has no result.
#[derive(Debug)]
enum Failure {
    Budget,
    /// The message of a 404.
    Missing(String),
}

impl From<BudgetExhausted> for Failure {
    fn from(BudgetExhausted: BudgetExhausted) -> Self {
        Self::Budget
    }
}

/// Like [`respond`]. `bytes` is the memory of the result, which is reserved before `look_up` is
/// called. If necessary, it waits for the budget.
async fn try_respond<P, T>(
    state: Arc<CollectorState>,
    bytes: usize,
    params: Result<P, ParamError>,
    look_up: impl FnOnce(P, &mut Reservation) -> Result<T, Failure> + Send + 'static,
) -> Response
where
    P: Send + 'static,
    T: Serialize + 'static,
{
    let params = match params {
        Ok(params) => params,
        Err(error) => return error_response(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let mut reservation = state.budget().reservation();
    // The memory of the result, and about as much for its JSON. Reserved before a permit is
    // acquired: a request that waits for the budget must not block those that need none.
    if reservation.grow(bytes.saturating_mul(2)).await.is_err() {
        return busy();
    }
    let Ok(permit) = Arc::clone(state.response_permits()).acquire_owned().await else {
        return busy();
    };
    let response = tokio::task::spawn_blocking(move || {
        let json = look_up(params, &mut reservation)
            .and_then(|found| Ok(response::to_json(&found, reservation.into_buffer(bytes))?));
        drop(permit);
        match json {
            Ok(buffer) => response::buffered(buffer.release_source()),
            Err(Failure::Budget) => busy(),
            Err(Failure::Missing(missing)) => error_response(StatusCode::NOT_FOUND, &missing),
        }
    });
    response.await.unwrap_or_else(|_| {
        error_response(StatusCode::SERVICE_UNAVAILABLE, "the collector is shutting down")
    })
}

fn busy() -> Response {
    error_response(StatusCode::SERVICE_UNAVAILABLE, &BudgetExhausted.to_string())
}
