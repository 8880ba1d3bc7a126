//! Reports over HTTP, as the OAP takes them (`docs/protocol.md#http-transport`). An answer is 200
//! with an empty `Commands`, which has no bytes, or the reason as `{"error": "..."}`; what was good
//! beside something bad is kept all the same.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::post;

use super::answer::problem;
use super::body::{self, Form, Unusable};
use crate::json::{self, NotJson, Shape};
use crate::management;
use crate::shared::Shared;
use crate::store::Unkept;
use crate::verdict::Verdict;

/// What all paths here begin with.
pub(super) const PREFIX: &str = "/v3/";
const SEGMENTS: &str = "/v3/segments";
const LOGS: &str = "/v3/logs";
const EVENTS: &str = "/v3/events";

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v3/segment", post(segment))
        .route(SEGMENTS, post(segments))
        .route("/v3/management/reportProperties", post(properties))
        .route("/v3/management/keepAlive", post(keep_alive))
        .route(LOGS, post(logs))
        .route(EVENTS, post(events))
}

async fn segment(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(shared, request, Shared::refused, |shared, form, bytes| {
        let bytes = protobuf(&json::SEGMENT, form, bytes).inspect_err(|_| shared.refused())?;
        shared.segment(&bytes).map_err(|refusal| Refused::Reason(refusal.to_string()))
    })
    .await
}

async fn segments(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(shared, request, Shared::refused, |shared, form, bytes| {
        if form != Form::Json {
            shared.refused();
            return Err(Unusable::JsonAlone(SEGMENTS).into());
        }
        let mut verdict = Verdict::default();
        let whole = json::elements("an array of SegmentObject", bytes, |one| {
            verdict.add(match json::message(&json::SEGMENT, one) {
                Ok(bytes) => shared.segment(&bytes).map_err(|refusal| refusal.to_string()),
                Err(error) => {
                    shared.refused();
                    Err(error.to_string())
                }
            });
        });
        if let Err(error) = whole {
            shared.refused();
            verdict.add(Err(error));
        }
        verdict.result().map_err(Refused::Reason)
    })
    .await
}

async fn properties(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(shared, request, Shared::management_refused, |shared, form, bytes| {
        let bytes = protobuf(&json::PROPERTIES, form, bytes)
            .inspect_err(|_| shared.management_refused())?;
        management::properties(shared, &bytes).map_err(Refused::Reason)
    })
    .await
}

async fn keep_alive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(shared, request, Shared::management_refused, |shared, form, bytes| {
        let bytes =
            protobuf(&json::PING, form, bytes).inspect_err(|_| shared.management_refused())?;
        management::keep_alive(shared, &bytes).map_err(Refused::Reason)
    })
    .await
}

async fn logs(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(shared, request, Shared::refused, |shared, form, bytes| {
        unkept(shared, Unkept::Logs, LOGS, form, bytes)
    })
    .await
}

async fn events(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(shared, request, Shared::refused, |shared, form, bytes| {
        unkept(shared, Unkept::Events, EVENTS, form, bytes)
    })
    .await
}

/// Counts the elements of an array.
fn unkept(
    shared: &Shared,
    kind: Unkept,
    path: &'static str,
    form: Form,
    bytes: &[u8],
) -> Result<(), Refused> {
    if form != Form::Json {
        shared.refused();
        return Err(Unusable::JsonAlone(path).into());
    }
    let what = if kind == Unkept::Logs { "an array of LogData" } else { "an array of Event" };
    let mut count = 0;
    let whole = json::elements(what, bytes, |_| count += 1);
    shared.unkept(kind, count);
    whole.inspect_err(|_| shared.refused()).map_err(Refused::Json)
}

/// Why a report is not taken, or not as a whole.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Body(#[from] Unusable),
    #[error(transparent)]
    Json(#[from] NotJson),
    #[error("{0}")]
    Reason(String),
}

impl Refused {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Body(unusable) => unusable.status(),
            Self::Json(_) | Self::Reason(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// The message's bytes, whichever form it came in.
fn protobuf<'a>(shape: &Shape, form: Form, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>, NotJson> {
    match form {
        Form::Json => json::message(shape, bytes).map(Cow::Owned),
        Form::Protobuf => Ok(Cow::Borrowed(bytes)),
    }
}

/// Reads the body, and does the rest on a thread that may take its time. A body that can't be read
/// is counted by `unread`.
async fn take(
    shared: Arc<Shared>,
    request: Request,
    unread: fn(&Shared),
    handle: fn(&Shared, Form, &[u8]) -> Result<(), Refused>,
) -> Response {
    let body = match body::read(request, shared.budget()).await {
        Ok(body) => body,
        Err(unusable) => {
            unread(&shared);
            return problem(unusable.status(), &unusable.to_string());
        }
    };
    let taken = tokio::task::spawn_blocking(move || {
        let form = body.form;
        let bytes = body.unpack(shared.budget()).inspect_err(|_| unread(&shared))?;
        handle(&shared, form, bytes.as_ref())
    });
    match taken.await {
        Ok(Ok(())) => commands(),
        Ok(Err(refused)) => problem(refused.status(), &refused.to_string()),
        Err(_) => problem(StatusCode::SERVICE_UNAVAILABLE, "the collector is ending"),
    }
}

/// An empty `Commands`.
fn commands() -> Response {
    let mut response = Response::default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/protobuf"));
    response
}
