//! JSON responses. An error is `{"error": "..."}`.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::budget::{BudgetExhausted, Buffer};

/// Returns a small response that doesn't count in the memory budget.
pub(super) fn json_response(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => response(status, body),
        Err(error) => error_response(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!("the response can't be serialized: {error}"),
        ),
    }
}

/// Returns an error with its message.
pub(super) fn error_response(status: StatusCode, message: &str) -> Response {
    response(status, serde_json::json!({ "error": message }).to_string().into_bytes())
}

/// Writes the JSON of a value to the buffer.
pub(super) fn to_json(
    value: &impl Serialize,
    mut buffer: Buffer,
) -> Result<Buffer, BudgetExhausted> {
    // The API types serialize without errors, so the buffer's error is the only one.
    serde_json::to_writer(&mut buffer, value).map_err(|_| BudgetExhausted)?;
    Ok(buffer)
}

/// Returns a 200 whose bytes count in the memory budget until they are written.
pub(super) fn buffered(buffer: Buffer) -> Response {
    response(StatusCode::OK, buffer.into_bytes())
}

/// Returns a 200 with a line of JSON for each value.
pub(super) fn json_lines(body: Body) -> Response {
    typed(StatusCode::OK, "application/x-ndjson", body)
}

fn response(status: StatusCode, body: impl Into<Body>) -> Response {
    typed(status, "application/json", body)
}

fn typed(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-store"),
        // Names in a response come from agents. A browser must not interpret them as HTML.
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
