//! hyper, serving a stack of tower services with HTTP/1 over a socket.

mod connections;
mod errors;
mod outcomes;
mod unchanged;

use std::convert::Infallible;
use std::future::Future;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use skywalking_tower::{Server, ServerLayer};
use tower::{Service, ServiceBuilder};

use crate::http_server::harness;

type Body = Full<Bytes>;

/// Returns a service of one function with the layer.
fn traced<F, W, B>(layer: ServerLayer, handler: F) -> Server<tower::util::ServiceFn<F>>
where
    F: FnMut(Request<Incoming>) -> W,
    W: Future<Output = Result<Response<B>, Infallible>>,
{
    ServiceBuilder::new().layer(layer).service_fn(handler)
}

/// Responds with the status in the path.
async fn by_path<A>(request: Request<A>) -> Result<Response<Body>, Infallible> {
    let status = request.uri().path().trim_start_matches('/').parse().unwrap_or(200);
    Ok(Response::builder().status(status).body("an answer".into()).expect("a response"))
}

/// Returns the tree of a request over a new connection, and the head of its response.
async fn over_socket<S, B>(service: S, path: &str, headers: &str) -> (String, String)
where
    S: Service<
            Request<Incoming>,
            Response = Response<B>,
            Error: Into<tower::BoxError>,
            Future: Send,
        > + Clone
        + Send
        + 'static,
    B: http_body::Body<Data: Send, Error: Into<tower::BoxError>> + Send + 'static,
{
    let mut head = String::new();
    let tree = harness::tree(async {
        let mut stream = harness::connect(service).await;
        harness::send(&mut stream, path, headers).await;
        head = harness::read_until(&mut stream, "\r\n\r\n").await;
    })
    .await;
    (tree, head)
}
