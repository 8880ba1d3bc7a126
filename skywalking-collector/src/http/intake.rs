//! Reports over HTTP, as the OAP takes them (`protocol/semantics.md` 19). An answer is 200 with an empty `Commands`, which
//! has no bytes, or the reason as `{"error": "..."}`; what was good beside something bad is kept all the same.

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
use crate::verdict::Verdict;

/// What all paths here begin with.
pub(super) const PREFIX: &str = "/v3/";
const SEGMENTS: &str = "/v3/segments";

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v3/segment", post(segment))
        .route(SEGMENTS, post(segments))
        .route("/v3/management/reportProperties", post(properties))
        .route("/v3/management/keepAlive", post(keep_alive))
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
        let whole = json::elements(&bytes, |one| {
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
        let bytes = protobuf(&json::PROPERTIES, form, bytes).inspect_err(|_| shared.management_refused())?;
        management::properties(shared, &bytes).map_err(Refused::Reason)
    })
    .await
}

async fn keep_alive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(shared, request, Shared::management_refused, |shared, form, bytes| {
        let bytes = protobuf(&json::PING, form, bytes).inspect_err(|_| shared.management_refused())?;
        management::keep_alive(shared, &bytes).map_err(Refused::Reason)
    })
    .await
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
fn protobuf(shape: &Shape, form: Form, bytes: Vec<u8>) -> Result<Vec<u8>, NotJson> {
    match form {
        Form::Json => json::message(shape, &bytes),
        Form::Protobuf => Ok(bytes),
    }
}

/// Reads the body, and does the rest on a thread that may take its time. A body that can't be read is counted by `unread`.
async fn take(
    shared: Arc<Shared>,
    request: Request,
    unread: fn(&Shared),
    handle: fn(&Shared, Form, Vec<u8>) -> Result<(), Refused>,
) -> Response {
    let body = match body::read(request).await {
        Ok(body) => body,
        Err(unusable) => {
            unread(&shared);
            return problem(unusable.status(), &unusable.to_string());
        }
    };
    let taken = tokio::task::spawn_blocking(move || {
        let form = body.form;
        let bytes = body.unpack().inspect_err(|_| unread(&shared))?;
        handle(&shared, form, bytes)
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
