//! The measured server, and a request to it.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::Request;
use axum::response::Response;
use axum::routing::get;
use tower_service::Service;

use crate::Outcome;

/// The headers of each request. All variants receive the same ones: an incoming trace in both
/// formats.
pub(crate) const REQUEST: &str = "GET /hello/world HTTP/1.1\r\n\
    host: 127.0.0.1:8080\r\n\
    user-agent: http-peers/0.0.0\r\n\
    accept: */*\r\n\
    traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\
    sw8: 1-MGFmNzY1MTkxNmNkNDNkZDg0NDhlYjIxMWM4MDMxOWMuNDIuMTYwMDAwMDAwMDAwMDAwMDE=-\
    MGFmNzY1MTkxNmNkNDNkZDg0NDhlYjIxMWM4MDMxOWMuNDIuMTYwMDAwMDAwMDAwMDAwMDI=-1-ZnJvbnQ=-ZnJvbnQtMQ==-L2Zyb250-MTI3LjAuMC4xOjgwODA=\r\n\
    \r\n";

/// A route with a template, and a handler that is ready at its first poll.
pub(crate) fn hello() -> Router {
    Router::new().route("/hello/{name}", get(|| async { "hello" }))
}

/// Calls a router in this process as hyper would, without sockets, bytes and an executor.
pub(crate) struct Client {
    router: Router,
    request: Request<()>,
}

impl Client {
    pub(crate) fn new(router: Router) -> Outcome<Self> {
        let mut lines = REQUEST.lines();
        let path = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no path")?;
        let mut request = Request::get(path);
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            request = request.header(name, value);
        }
        Ok(Self { router, request: request.body(())? })
    }

    /// Sends a request and reads the body of the response to its end.
    pub(crate) fn call(&mut self) -> Outcome<()> {
        let request = self.request.clone().map(|()| Body::empty());
        let mut cx = Context::from_waker(Waker::noop());
        let response: Poll<Result<Response, Infallible>> =
            pin!(self.router.call(request)).poll(&mut cx);
        let Poll::Ready(Ok(response)) = response else {
            return Err("the response was not ready at the first poll".into());
        };
        let mut body = pin!(response.into_body());
        let mut bytes = 0;
        while let Poll::Ready(Some(frame)) = body.as_mut().poll_frame(&mut cx) {
            bytes += frame?.data_ref().map_or(0, Bytes::len);
        }
        if bytes == 5 { Ok(()) } else { Err("the response is not hello".into()) }
    }
}
