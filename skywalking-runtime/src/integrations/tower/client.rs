//! The layer for clients.

use std::future::Future;
use std::marker::PhantomData;
use std::mem::take;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::http::Response;
use ::http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::answer::end;
use super::errors::{BoxedErrors, ServiceError, TypedErrors};
use super::version::HttpRequest;
use crate::integrations::http::options::shared_options;
use crate::integrations::http::{self, During, TracedBody};

/// Makes an exit span of each request that the service below sends, and writes the headers of the
/// trace into it.
///
/// ```
/// use skywalking_runtime::integrations::tower::ClientLayer;
///
/// let layer = ClientLayer::new().propagate_to(["stock", "*.internal"]).is_error(|status| status.is_server_error());
/// ```
///
/// A tonic `Channel` gets its layer around it, and should be told the address, which it adds
/// further inside:
///
/// ```
/// use skywalking_runtime::integrations::tower::ClientLayer;
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
    client: http::Client,
    errors: PhantomData<fn() -> E>,
}

impl ClientLayer {
    /// A layer that traces every request and sends the headers everywhere.
    pub fn new() -> Self {
        Self::from(http::Client::new())
    }

    /// The service below gives `Box<dyn Error + Send + Sync>`: anything of tower that can time out
    /// or be full does.
    #[must_use]
    pub fn boxed_errors(self) -> ClientLayer<BoxedErrors> {
        ClientLayer { client: self.client, errors: PhantomData }
    }
}

impl<E> ClientLayer<E> {
    shared_options!(|layer| layer.client.shared());

    /// See [`http::Client::propagate_to`].
    #[must_use]
    pub fn propagate_to(mut self, hosts: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.client = self.client.propagate_to(hosts);
        self
    }

    /// See [`http::Client::peer`].
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

impl From<http::Client> for ClientLayer {
    fn from(client: http::Client) -> Self {
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
        ClientFuture { during: call.during(future), errors: PhantomData }
    }
}

pin_project! {
    /// The response to a traced request, made by [`Client`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct ClientFuture<F, E = TypedErrors> {
        #[pin]
        during: During<F>,
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
        let mut during = self.project().during;
        let answer = ready!(during.as_mut().poll_step(cx, |answer, look| {
            if let Ok(response) = answer {
                look.answered(response.status(), response.headers());
            }
        }));
        Poll::Ready(end(answer, during.call()))
    }
}
