//! Access control. A query must name this machine in the `Host` header (`host`), a report must not
//! come from a web page, and both need the token if one is set. The health check needs no token.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::response::error_response;
use super::{body, host, ingest};
use crate::auth;
use crate::state::CollectorState;

/// The path of the health check. It needs no token, since it reveals no stored data.
pub(super) const HEALTHCHECK: &str = "/healthcheck";

#[derive(Clone)]
pub(super) struct AccessControl {
    pub(super) bound: SocketAddr,
    pub(super) state: Arc<CollectorState>,
}

/// The middleware that checks each request.
pub(super) async fn check(
    State(access): State<AccessControl>,
    request: Request,
    next: Next,
) -> Response {
    match access.deny(&request) {
        Some((status, reason)) => {
            body::discard(request).await;
            error_response(status, &reason)
        }
        None => next.run(request).await,
    }
}

impl AccessControl {
    /// Returns why the request is denied, or `None` if it is allowed.
    fn deny(&self, request: &Request) -> Option<(StatusCode, String)> {
        let path = request.uri().path();
        if path.starts_with(ingest::PREFIX) {
            // Agents may use any name for this machine, so `Host` is not checked. Browsers send an
            // `Origin` header with every POST of a page and agents don't.
            if request.headers().contains_key(ORIGIN) {
                return Some((
                    StatusCode::FORBIDDEN,
                    "requests from web pages (with an Origin header) are not allowed: report from an agent".into(),
                ));
            }
        } else if let Some(denied) = host::deny(self.bound, request) {
            return Some(denied);
        }
        let token = request.headers().get(auth::HEADER).map(HeaderValue::as_bytes);
        if path == HEALTHCHECK || self.state.is_authorized(token) {
            return None;
        }
        Some((
            StatusCode::UNAUTHORIZED,
            format!("header `{}` is missing or is not this collector's token", auth::HEADER),
        ))
    }
}
