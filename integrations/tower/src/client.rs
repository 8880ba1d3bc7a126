//! The layer for clients.

use std::marker::PhantomData;
use std::mem::take;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use skywalking_runtime::integrations::http::{self as core, CallFuture, Head, TracedBody};
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::end;
use crate::errors::{BoxedErrors, ServiceError, TypedErrors};
use crate::options::shared_options;
use crate::version::HttpRequest;

/// Records each request that the service sends as an exit span, and writes the headers of the trace
/// into it.
///
/// ```
/// use skywalking_tower::ClientLayer;
///
/// let layer = ClientLayer::new().propagate_to(["stock", "*.internal"]).is_error(|status| status.is_server_error());
/// ```
///
/// Put the layer around a tonic `Channel`, and set the address, which the channel adds further
/// inside:
///
/// ```
/// use skywalking_tower::ClientLayer;
/// use tower::Layer as _;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # let _inside = runtime.enter();
/// let channel = tonic::transport::Endpoint::from_static("http://stock:9090").connect_lazy();
/// let traced = ClientLayer::new().peer("stock:9090").layer(channel);
/// // StockClient::new(traced)
/// ```
#[derive(Debug)]
pub struct ClientLayer<E = TypedErrors> {
    client: core::Client,
    errors: PhantomData<fn() -> E>,
}

impl ClientLayer {
    /// Makes a layer that traces every request and sends the headers to every host.
    pub fn new() -> Self {
        Self::from(core::Client::new())
    }

    /// Makes a layer for services whose error is `Box<dyn Error + Send + Sync>`, as with tower's
    /// middlewares for timeouts and limits.
    #[must_use]
    pub fn boxed_errors(self) -> ClientLayer<BoxedErrors> {
        ClientLayer { client: self.client, errors: PhantomData }
    }
}

impl<E> ClientLayer<E> {
    shared_options!(client);

    /// Adds hosts that get the headers of the trace: `stock` with any port, `stock:8080`, or
    /// `*.example.com`. Default: every host. A request to any other host is recorded, carries none,
    /// and loses those that it had. An invalid host is logged.
    #[must_use]
    pub fn propagate_to(mut self, hosts: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.client = self.client.propagate_to(hosts);
        self
    }

    /// Sets the address, `host:port`, of requests whose URI has no host: a tonic `Channel` adds its
    /// own further inside.
    #[must_use]
    pub fn peer(mut self, peer: impl Into<String>) -> Self {
        self.client = self.client.peer(peer);
        self
    }
}

impl Default for ClientLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl From<core::Client> for ClientLayer {
    fn from(client: core::Client) -> Self {
        Self { client, errors: PhantomData }
    }
}

impl<E> Clone for ClientLayer<E> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), errors: PhantomData }
    }
}

impl<S, E> Layer<S> for ClientLayer<E> {
    type Service = Client<S, E>;

    fn layer(&self, service: S) -> Client<S, E> {
        Client { service, layer: self.clone() }
    }
}

/// A client whose requests are traced, made by [`ClientLayer`].
#[derive(Debug)]
pub struct Client<S, E = TypedErrors> {
    service: S,
    layer: ClientLayer<E>,
}

impl<S: Clone, E> Clone for Client<S, E> {
    fn clone(&self) -> Self {
        Self { service: self.service.clone(), layer: self.layer.clone() }
    }
}

impl<S, E, R, B> Service<R> for Client<S, E>
where
    R: HttpRequest,
    S: Service<R, Response = Response<B>>,
    S::Error: ServiceError<E>,
    B: Body,
{
    type Response = Response<TracedBody<B>>;
    type Error = S::Error;
    type Future = ClientFuture<S::Future, E>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: R) -> Self::Future {
        let head = request.as_request_mut();
        let mut headers = take(head.headers_mut());
        let mut call =
            self.layer.client.begin(head.method(), head.uri(), &mut headers, head.extensions());
        *head.headers_mut() = headers;
        let future = call.run(|| self.service.call(request));
        ClientFuture { future: call.future(future), errors: PhantomData }
    }
}

pin_project! {
    /// The response to a traced request, made by [`Client`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct ClientFuture<F, E = TypedErrors> {
        #[pin]
        future: CallFuture<F>,
        errors: PhantomData<fn() -> E>,
    }
}

impl<F, E, B, Error> Future for ClientFuture<F, E>
where
    F: Future<Output = Result<Response<B>, Error>>,
    Error: ServiceError<E>,
    B: Body,
{
    type Output = Result<Response<TracedBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut future = self.project().future;
        let answer = ready!(future.as_mut().poll_step(cx, |answer, step| {
            if let Ok(response) = answer {
                step.record_response(response.status(), response.headers());
            }
        }));
        Poll::Ready(end(answer, future))
    }
}
