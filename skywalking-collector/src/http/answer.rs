//! Every answer is JSON; one that is an error is `{"error": "..."}`.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::budget::{Buffer, Full};

pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => response(status, body),
        Err(error) => problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!("the answer can't be written: {error}"),
        ),
    }
}

/// Writes the JSON of a value.
pub(super) fn written(value: &impl Serialize, mut buffer: Buffer) -> Result<Buffer, Full> {
    // What fails otherwise than for want of room is a bug of ours, and no reason to answer half.
    serde_json::to_writer(&mut buffer, value).map_err(|_| Full)?;
    Ok(buffer)
}

/// A 200 whose bytes count until they are written.
pub(super) fn counted(buffer: Buffer) -> Response {
    response(StatusCode::OK, buffer.into_bytes())
}

pub(super) fn problem(status: StatusCode, message: &str) -> Response {
    response(status, serde_json::json!({ "error": message }).to_string().into_bytes())
}

fn response(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
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
