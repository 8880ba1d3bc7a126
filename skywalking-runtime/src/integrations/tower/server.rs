//! The layer for servers.

use std::future::Future;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::http::{HeaderMap, HeaderName, HeaderValue, Response};
use ::http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::answer::end;
use super::elsewhere;
use super::errors::{BoxedErrors, ServiceError, TypedErrors};
use super::version::HttpRequest;
use crate::Inbound;
use crate::integrations::http::Look;
use crate::integrations::http::options::shared_options;
use crate::integrations::http::{self, During, Head, TracedBody};

/// Makes an entry span of each request that the service below answers, and goes on with the trace
/// that the request's headers tell of.
///
/// ```
/// use skywalking_runtime::Inbound;
/// use skywalking_runtime::integrations::tower::ServerLayer;
///
/// let layer = ServerLayer::new()
///     .ignore_paths(["/health", "/static/**", "/*.ico"])
///     .is_error(|status| status.is_server_error())
///     .inbound(|head| if head.uri.path().starts_with("/internal/") { Inbound::Accept } else { Inbound::Ignore })
///     .trace_id_header("x-trace-id");
/// ```
#[derive(Debug)]
pub struct ServerLayer<E = TypedErrors> {
    server: http::Server,
    errors: PhantomData<fn() -> E>,
}

impl ServerLayer {
    /// A layer that traces every request and goes on with the trace of its headers.
    pub fn new() -> Self {
        Self::from(http::Server::new())
    }

    /// The service below gives `Box<dyn Error + Send + Sync>`: anything of tower that can time out
    /// or be full does.
    #[must_use]
    pub fn boxed_errors(self) -> ServerLayer<BoxedErrors> {
        ServerLayer { server: self.server, errors: PhantomData }
    }
}

impl<E> ServerLayer<E> {
    shared_options!(|layer| layer.server.shared());

    /// See [`http::Server::inbound`].
    #[must_use]
    pub fn inbound(
        mut self,
        inbound: impl Fn(Head<'_>) -> Inbound + Send + Sync + 'static,
    ) -> Self {
        self.server = self.server.inbound(inbound);
        self
    }

    /// See [`http::Server::peer`].
    #[must_use]
    pub fn peer(
        mut self,
        peer: impl Fn(Head<'_>) -> Option<SocketAddr> + Send + Sync + 'static,
    ) -> Self {
        self.server = self.server.peer(peer);
        self
    }

    /// Puts the id of the trace into this header of each response, for the one who reports a fault:
    /// also where the request is not sampled, not where it is ignored. A text that is no name
    /// of a header is told to `tracing` and sets none.
    #[must_use]
    pub fn trace_id_header(mut self, name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        if header.is_none() {
            crate::self_log::warn(format!(
                "no header can have the name {name:?}: responses will not have the id of their trace"
            ));
        }
        self.server.set_trace_id_header(header);
        self
    }
}

impl Default for ServerLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl From<http::Server> for ServerLayer {
    fn from(server: http::Server) -> Self {
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
        elsewhere::look_at::<S>();
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
        let mut call = server.begin(head.method(), head.uri(), head.headers(), head.extensions());
        let future = call.run(|| self.service.call(request));
        ServerFuture {
            during: call.during(future),
            tells: server.trace_id_header().is_some().then(|| server.clone()),
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
        during: During<F>,
        // Whoever knows the header for the id of the trace, where there is one.
        tells: Option<http::Server>,
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
        let tells = this.tells.as_ref().and_then(http::Server::trace_id_header);
        let answer = ready!(this.during.as_mut().poll_step(cx, |answer, look| {
            if let Ok(response) = answer {
                look.answered(response.status(), response.headers());
                if let Some(name) = tells {
                    tell(name, look, response.headers_mut());
                }
            }
        }));
        Poll::Ready(end(answer, this.during.call()))
    }
}

fn tell(name: &HeaderName, look: &Look, headers: &mut HeaderMap) {
    // The id of a trace is visible ASCII: it came in a header or is ours.
    if let Some(Ok(id)) = look.trace_id().map(HeaderValue::try_from) {
        // A map that is full has no room for it.
        let _ = headers.try_insert(name, id);
    }
}
