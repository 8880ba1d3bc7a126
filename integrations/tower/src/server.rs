//! The layer for servers.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use skywalking_runtime::config::Inbound;
use skywalking_runtime::integrations::http::{self as core, CallFuture, Head, Step, TracedBody};
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::end;
use crate::errors::{BoxedErrors, ServiceError, TypedErrors};
use crate::options::shared_options;
use crate::routes::Routes;
use crate::version::HttpRequest;

/// Records each request that the service answers as an entry span, and continues the trace in the
/// headers of the request.
///
/// ```
/// use skywalking_runtime::config::Inbound;
/// use skywalking_tower::ServerLayer;
///
/// let layer = ServerLayer::new()
///     .ignore_paths(["/health", "/static/**", "/*.ico"])
///     .is_error(|status| status.is_server_error())
///     .inbound(|head| if head.uri.path().starts_with("/internal/") { Inbound::Accept } else { Inbound::Ignore })
///     .trace_id_header("x-trace-id");
/// ```
#[derive(Debug)]
pub struct ServerLayer<E = TypedErrors> {
    server: core::Server,
    errors: PhantomData<fn() -> E>,
}

impl ServerLayer {
    /// Makes a layer that traces every request and continues the trace in its headers.
    pub fn new() -> Self {
        Self::from(core::Server::new())
    }

    /// Makes a layer for services whose error is `Box<dyn Error + Send + Sync>`, as with tower's
    /// middlewares for timeouts and limits.
    #[must_use]
    pub fn boxed_errors(self) -> ServerLayer<BoxedErrors> {
        ServerLayer { server: self.server, errors: PhantomData }
    }
}

impl<E> ServerLayer<E> {
    shared_options!(server);

    /// Sets whether the trace of the caller continues here. A public endpoint should not let
    /// unknown clients choose the trace that they appear in: `|_| Inbound::Ignore`. Called once a
    /// request; if it panics, the headers are ignored.
    #[must_use]
    pub fn inbound(
        mut self,
        inbound: impl Fn(Head<'_>) -> Inbound + Send + Sync + 'static,
    ) -> Self {
        self.server = self.server.inbound(inbound);
        self
    }

    /// Sets how the address of the caller is found, which the span shows as its peer. Default:
    /// axum's `ConnectInfo` (feature `axum`), or a `SocketAddr` among the request's extensions.
    #[must_use]
    pub fn peer(
        mut self,
        peer: impl Fn(Head<'_>) -> Option<SocketAddr> + Send + Sync + 'static,
    ) -> Self {
        self.server = self.server.peer(peer);
        self
    }

    /// Sets the response header that shows the id of the trace, so that a user can report it with
    /// a fault. Also set if the request is not sampled, but not if it is ignored. An invalid header
    /// name is logged and sets no header.
    #[must_use]
    pub fn trace_id_header(mut self, name: impl Into<String>) -> Self {
        self.server = self.server.trace_id_header(name);
        self
    }
}

impl Default for ServerLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl From<core::Server> for ServerLayer {
    fn from(server: core::Server) -> Self {
        Self { server, errors: PhantomData }
    }
}

impl<E> Clone for ServerLayer<E> {
    fn clone(&self) -> Self {
        Self { server: self.server.clone(), errors: PhantomData }
    }
}

impl<S, E> Layer<S> for ServerLayer<E> {
    type Service = Server<S, E>;

    fn layer(&self, service: S) -> Server<S, E> {
        core::Server::warn_if_unsupported::<S>();
        Server { service, layer: self.clone() }
    }
}

/// A server whose requests are traced, made by [`ServerLayer`].
#[derive(Debug)]
pub struct Server<S, E = TypedErrors> {
    service: S,
    layer: ServerLayer<E>,
}

impl<S: Clone, E> Clone for Server<S, E> {
    fn clone(&self) -> Self {
        Self { service: self.service.clone(), layer: self.layer.clone() }
    }
}

impl<S, E, R, B> Service<R> for Server<S, E>
where
    R: HttpRequest,
    S: Service<R, Response = Response<B>>,
    S::Error: ServiceError<E>,
    B: Body,
{
    type Response = Response<TracedBody<B>>;
    type Error = S::Error;
    type Future = ServerFuture<S::Future, E>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let server = &self.layer.server;
        let head = request.as_request();
        let mut call = server.begin_routed::<Routes>(
            head.method(),
            head.uri(),
            head.headers(),
            head.extensions(),
        );
        let future = call.run(|| self.service.call(request));
        ServerFuture {
            future: call.future(future),
            names_header: server.trace_id_header_name().is_some().then(|| server.clone()),
            errors: PhantomData,
        }
    }
}

pin_project! {
    /// The response to a traced request, made by [`Server`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct ServerFuture<F, E = TypedErrors> {
        #[pin]
        future: CallFuture<F>,
        // Knows the header for the id of the trace, where there is one.
        names_header: Option<core::Server>,
        errors: PhantomData<fn() -> E>,
    }
}

impl<F, E, B, Error> Future for ServerFuture<F, E>
where
    F: Future<Output = Result<Response<B>, Error>>,
    Error: ServiceError<E>,
    B: Body,
{
    type Output = Result<Response<TracedBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let header = this.names_header.as_ref().and_then(core::Server::trace_id_header_name);
        let answer = ready!(this.future.as_mut().poll_step(cx, |answer, step| {
            if let Ok(response) = answer {
                step.record_response(response.status(), response.headers());
                if let Some(name) = header {
                    write_trace_id(name, step, response.headers_mut());
                }
            }
        }));
        Poll::Ready(end(answer, this.future))
    }
}

fn write_trace_id(name: &HeaderName, step: &Step, headers: &mut HeaderMap) {
    // The id of a trace is visible ASCII: it came in a header or is ours.
    if let Some(Ok(id)) = step.trace_id().map(HeaderValue::try_from) {
        // Fails only if the map is full.
        let _ = headers.try_insert(name, id);
    }
}
