//! Access control. A query must name this machine in the `Host` header (`host`), a report must not
//! come from a web page, and both need the token if one is set. The health check and the files of
//! the pages need no token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::host::Hosts;
use super::response::error_response;
use super::{body, ingest, pages};
use crate::auth;
use crate::state::CollectorState;

/// The path of the health check. It needs no token, since it reveals no stored data.
pub(super) const HEALTHCHECK: &str = "/healthcheck";

/// The prefix of the paths for queries.
const API: &str = "/api/";

#[derive(Clone)]
pub(super) struct AccessControl {
    pub(super) hosts: Hosts,
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
        } else if let Some(denied) = self.hosts.deny(request) {
            return Some(denied);
        } else if path.starts_with(API) && is_from_another_site(request.headers()) {
            return Some((
                StatusCode::FORBIDDEN,
                "requests from pages of other sites are not allowed: use the pages of the collector, or a client that is not a browser".into(),
            ));
        }
        let token = request.headers().get(auth::HEADER).map(HeaderValue::as_bytes);
        if path == HEALTHCHECK || pages::contains(path) || self.state.is_authorized(token) {
            return None;
        }
        Some((
            StatusCode::UNAUTHORIZED,
            format!("header `{}` is missing or is not this collector's token", auth::HEADER),
        ))
    }
}

/// Returns whether a browser sends the request for a page of another site, which can't read the
/// response. A link that the user opens in a tab is allowed. Only browsers send these headers.
fn is_from_another_site(headers: &HeaderMap) -> bool {
    let is =
        |name, expected| headers.get(name).is_some_and(|value: &HeaderValue| value == expected);
    let other = is("sec-fetch-site", "cross-site") || is("sec-fetch-site", "same-site");
    other && !is("sec-fetch-dest", "document")
}
