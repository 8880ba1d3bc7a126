//! Reports over HTTP (`docs/protocol.md#http-transport`). The response to a report is 200 with an
//! empty `Commands`, which has no bytes, or the reason as `{"error": "..."}`. Valid segments are
//! stored although others of the same request are refused.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::post;

use super::body::{self, BodyError, Format};
use super::response::error_response;
use crate::management;
use crate::partial_success::PartialSuccess;
use crate::proto_json::{self, JsonError, Message};
use crate::state::{CollectorState, LogStream};

/// The prefix of the paths for reports.
pub(super) const PREFIX: &str = "/v3/";
const SEGMENTS: &str = "/v3/segments";
const LOGS: &str = "/v3/logs";
const EVENTS: &str = "/v3/events";

pub(super) fn routes() -> Router<Arc<CollectorState>> {
    Router::new()
        .route("/v3/segment", post(segment))
        .route(SEGMENTS, post(segments))
        .route("/v3/management/reportProperties", post(properties))
        .route("/v3/management/keepAlive", post(keep_alive))
        .route(LOGS, post(logs))
        .route(EVENTS, post(events))
}

async fn segment(State(state): State<Arc<CollectorState>>, request: Request) -> Response {
    handle(state, request, CollectorState::count_refused, |state, format, bytes| {
        let bytes =
            protobuf(&proto_json::SEGMENT, format, bytes).inspect_err(|_| state.count_refused())?;
        state.add_segment(&bytes).map_err(|error| IngestError::Refused(error.to_string()))
    })
    .await
}

async fn segments(State(state): State<Arc<CollectorState>>, request: Request) -> Response {
    handle(state, request, CollectorState::count_refused, |state, format, bytes| {
        if format != Format::Json {
            state.count_refused();
            return Err(BodyError::JsonOnly(SEGMENTS).into());
        }
        let mut results = PartialSuccess::of("segments");
        let whole = proto_json::for_each_element("an array of SegmentObject", bytes, |one| {
            results.add(match proto_json::to_protobuf(&proto_json::SEGMENT, one) {
                Ok(bytes) => state.add_segment(&bytes).map_err(|error| error.to_string()),
                Err(error) => {
                    state.count_refused();
                    Err(error.to_string())
                }
            });
        });
        if let Err(error) = whole {
            state.count_refused();
            results.add(Err(error));
        }
        results.into_result().map_err(IngestError::Refused)
    })
    .await
}

async fn properties(State(state): State<Arc<CollectorState>>, request: Request) -> Response {
    handle(state, request, CollectorState::count_management_refused, |state, format, bytes| {
        let bytes = protobuf(&proto_json::PROPERTIES, format, bytes)
            .inspect_err(|_| state.count_management_refused())?;
        management::properties(state, &bytes).map_err(IngestError::Refused)
    })
    .await
}

async fn keep_alive(State(state): State<Arc<CollectorState>>, request: Request) -> Response {
    handle(state, request, CollectorState::count_management_refused, |state, format, bytes| {
        let bytes = protobuf(&proto_json::PING, format, bytes)
            .inspect_err(|_| state.count_management_refused())?;
        management::keep_alive(state, &bytes).map_err(IngestError::Refused)
    })
    .await
}

async fn logs(State(state): State<Arc<CollectorState>>, request: Request) -> Response {
    handle(state, request, CollectorState::count_log_refused, |state, format, bytes| {
        records(state, LOGS_REPORT, format, bytes, |bytes| {
            state.add_log(bytes, &mut LogStream::default()).map_err(|error| error.to_string())
        })
    })
    .await
}

async fn events(State(state): State<Arc<CollectorState>>, request: Request) -> Response {
    handle(state, request, CollectorState::count_event_refused, |state, format, bytes| {
        records(state, EVENTS_REPORT, format, bytes, |bytes| {
            state.add_event(bytes).map_err(|error| error.to_string())
        })
    })
    .await
}

/// A path that accepts a JSON array of records.
struct RecordsReport {
    path: &'static str,
    what: &'static str,
    noun: &'static str,
    message: &'static Message,
    count_refused: fn(&CollectorState),
}

const LOGS_REPORT: &RecordsReport = &RecordsReport {
    path: LOGS,
    what: "an array of LogData",
    noun: "logs",
    message: &proto_json::LOG_DATA,
    count_refused: CollectorState::count_log_refused,
};
const EVENTS_REPORT: &RecordsReport = &RecordsReport {
    path: EVENTS,
    what: "an array of Event",
    noun: "events",
    message: &proto_json::EVENT,
    count_refused: CollectorState::count_event_refused,
};

/// Adds the elements of a JSON array.
fn records(
    state: &CollectorState,
    report: &RecordsReport,
    format: Format,
    bytes: &[u8],
    add: impl Fn(&[u8]) -> Result<(), String>,
) -> Result<(), IngestError> {
    if format != Format::Json {
        (report.count_refused)(state);
        return Err(BodyError::JsonOnly(report.path).into());
    }
    let mut results = PartialSuccess::of(report.noun);
    let whole = proto_json::for_each_element(report.what, bytes, |one| {
        results.add(match proto_json::to_protobuf(report.message, one) {
            Ok(bytes) => add(&bytes),
            Err(error) => {
                (report.count_refused)(state);
                Err(error.to_string())
            }
        });
    });
    if let Err(error) = whole {
        (report.count_refused)(state);
        results.add(Err(error));
    }
    results.into_result().map_err(IngestError::Refused)
}

/// Why a report is refused, or a part of it.
#[derive(Debug, thiserror::Error)]
enum IngestError {
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Json(#[from] JsonError),
    #[error("{0}")]
    Refused(String),
}

impl IngestError {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Body(error) => error.status(),
            Self::Json(_) | Self::Refused(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Returns the message as protobuf.
fn protobuf<'a>(
    message: &Message,
    format: Format,
    bytes: &'a [u8],
) -> Result<Cow<'a, [u8]>, JsonError> {
    match format {
        Format::Json => proto_json::to_protobuf(message, bytes).map(Cow::Owned),
        Format::Protobuf => Ok(Cow::Borrowed(bytes)),
    }
}

/// Reads the body, then calls `ingest` with it on a thread for blocking work. Calls `count_unread`
/// if the body can't be read.
async fn handle(
    state: Arc<CollectorState>,
    request: Request,
    count_unread: fn(&CollectorState),
    ingest: fn(&CollectorState, Format, &[u8]) -> Result<(), IngestError>,
) -> Response {
    let body = match body::read(request, state.budget()).await {
        Ok(body) => body,
        Err(error) => {
            count_unread(&state);
            return error_response(error.status(), &error.to_string());
        }
    };
    let ingested = tokio::task::spawn_blocking(move || {
        let format = body.format;
        let bytes = body.decompress(state.budget()).inspect_err(|_| count_unread(&state))?;
        ingest(&state, format, bytes.as_ref())
    });
    match ingested.await {
        Ok(Ok(())) => empty_commands(),
        Ok(Err(error)) => error_response(error.status(), &error.to_string()),
        Err(_) => error_response(StatusCode::SERVICE_UNAVAILABLE, "the collector is shutting down"),
    }
}

/// Returns an empty `Commands`.
fn empty_commands() -> Response {
    let mut response = Response::default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/protobuf"));
    response
}
