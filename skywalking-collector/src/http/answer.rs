//! Every answer is JSON; one that is an error is `{"error": "..."}`.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => response(status, body),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, &format!("the answer can't be written: {error}")),
    }
}

pub(super) fn problem(status: StatusCode, message: &str) -> Response {
    response(status, serde_json::json!({ "error": message }).to_string().into_bytes())
}

fn response(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
        // Span names are strangers' text: a browser must not guess that they are a page.
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
