//! Who gets in: a reader has to name this machine (`host`), an agent must not be a web page, and
//! both have to bring the token if one is asked for. Whether the collector is there at all is told
//! to everybody who names it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::middleware::Next;
use axum::response::Response;

use super::answer::problem;
use super::{body, host, intake};
use crate::shared::Shared;
use crate::token;

/// Answers without the token: it says nothing of what is stored.
pub(super) const OPEN: &str = "/healthcheck";

#[derive(Clone)]
pub(super) struct Gate {
    pub(super) bound: SocketAddr,
    pub(super) shared: Arc<Shared>,
}

pub(super) async fn check(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    match gate.refuse(&request) {
        Some((status, reason)) => {
            body::discard(request).await;
            problem(status, &reason)
        }
        None => next.run(request).await,
    }
}

impl Gate {
    fn refuse(&self, request: &Request) -> Option<(StatusCode, String)> {
        let path = request.uri().path();
        if path.starts_with(intake::PREFIX) {
            // Agents may know this machine by any name. A browser says where a page comes from, and
            // no agent does: so no page can make traces up, not even one that sends
            // bytes without asking whether it may.
            if request.headers().contains_key(ORIGIN) {
                return Some((
                    StatusCode::FORBIDDEN,
                    "requests of web pages (with an Origin header) are not taken: report from an agent".into(),
                ));
            }
        } else if let Some(refused) = host::refuse(self.bound, request) {
            return Some(refused);
        }
        let token = self.shared.token()?;
        let brought =
            request.headers().get(token::HEADER).map_or(&[][..], |value| value.as_bytes());
        if path == OPEN || token.is(brought) {
            return None;
        }
        Some((
            StatusCode::UNAUTHORIZED,
            format!("header `{}` is missing or is not this collector's token", token::HEADER),
        ))
    }
}
