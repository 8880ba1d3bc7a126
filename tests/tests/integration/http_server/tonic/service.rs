//! A gRPC service of four methods, written as a generated one expands.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::{Request, Response};
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tower::{Service, service_fn};

use crate::http_server::harness::{self, Meeting};

/// The response: `google.protobuf.StringValue`.
type Answer = Result<tonic::Response<String>, Status>;
type Answers = Result<tonic::Response<BoxStream<'static, Result<String, Status>>>, Status>;

/// The service. It returns its metadata `x` unchanged.
#[derive(Clone, Default)]
pub(crate) struct Stock {
    pub(crate) started: Meeting,
}

impl NamedService for Stock {
    const NAME: &'static str = "test.Stock";
}

impl Service<Request<Body>> for Stock {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let path = request.uri().path().to_owned();
        let started = self.started.clone();
        Box::pin(async move {
            let mut grpc = Grpc::new(ProstCodec::<String, String>::default());
            Ok(match path.as_str() {
                "/test.Stock/Check" => {
                    grpc.unary(service_fn(|request| check(&request)), request).await
                }
                "/test.Stock/Watch" => grpc.server_streaming(service_fn(watch), request).await,
                "/test.Stock/Wait" => {
                    grpc.unary(service_fn(move |_| started.clone().forever::<Answer>()), request)
                        .await
                }
                _ => Status::unimplemented("no such method").into_http(),
            })
        })
    }
}

fn check(request: &tonic::Request<String>) -> Ready<Answer> {
    harness::annotated();
    ready(match request.get_ref().as_str() {
        "panic" => panic!("the handler is broken"),
        "" => Err(Status::invalid_argument("an item has a name")),
        item => {
            let mut response = tonic::Response::new(format!("{item} is there"));
            response.metadata_mut().clone_from(request.metadata());
            Ok(response)
        }
    })
}

fn watch(request: tonic::Request<String>) -> Ready<Answers> {
    let item = request.into_inner();
    let first = stream::iter([Ok(format!("{item} came"))]);
    let rest: BoxStream<'_, Result<String, Status>> = match item.as_str() {
        "lost" => stream::iter([Err(Status::new(Code::DataLoss, "the list is gone"))]).boxed(),
        "slow" => stream::pending().boxed(),
        _ => stream::iter([Ok(format!("{item} went"))]).boxed(),
    };
    ready(Ok(tonic::Response::new(first.chain(rest).map(polled).boxed())))
}

/// Spans of a polled stream belong to the call.
fn polled(message: Result<String, Status>) -> Result<String, Status> {
    harness::annotated();
    message
}

/// A client for any transport. The lifetime of the service is that of the transport.
pub(crate) struct Client<T>(pub(crate) tonic::client::Grpc<T>);

impl<T, B> Client<T>
where
    T: Service<Request<Body>, Response = Response<B>>,
    T::Error: Into<tower::BoxError>,
    B: http_body::Body<Data = bytes::Bytes, Error: Into<tower::BoxError>> + Send + 'static,
{
    pub(crate) async fn unary(&mut self, path: &'static str, item: &str) -> Answer {
        self.ready().await;
        let path = http::uri::PathAndQuery::from_static(path);
        self.0.unary(tonic::Request::new(item.to_owned()), path, ProstCodec::default()).await
    }

    pub(crate) async fn streaming(
        &mut self,
        item: &str,
    ) -> Result<Pin<Box<tonic::Streaming<String>>>, Status> {
        self.ready().await;
        let path = http::uri::PathAndQuery::from_static("/test.Stock/Watch");
        let response = self
            .0
            .server_streaming(tonic::Request::new(item.to_owned()), path, ProstCodec::default())
            .await?;
        Ok(Box::pin(response.into_inner()))
    }

    async fn ready(&mut self) {
        self.0.ready().await.unwrap_or_else(|error| panic!("{}", error.into()));
    }
}
