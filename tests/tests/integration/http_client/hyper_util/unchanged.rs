//! The layer only changes our three headers in a request.

use bytes::Bytes;
use http::Request;
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use skywalking_runtime::propagation::correlation;
use skywalking_tower::ClientLayer;
use tower::{ServiceBuilder, ServiceExt as _};

use super::{Body, client, get};
use crate::http_client::harness::{Answer, Received, Recorded as _, Server, inside, record, tree};

/// Returns requests of many kinds.
fn requests(server: &Server) -> Vec<Request<Body>> {
    let request =
        |method: &str, path: &str| Request::builder().method(method).uri(server.url(path));
    let body = |text: &'static str| Full::new(Bytes::from_static(text.as_bytes()));
    [
        request("GET", "/").body(Body::default()),
        request("GET", "/a%20b/%C3%A9?q=a%20b&q=%26#part").body(Body::default()),
        request("HEAD", "/").body(Body::default()),
        request("POST", "/?token=secret")
            .header("content-type", "text/plain")
            .header("X-Twice", "1")
            .header("x-twice", "2")
            .body(body("text")),
        request("PUT", "/")
            .header("authorization", "Basic dTpw")
            .header("cookie", "a=b; c=d")
            .body(body("")),
        request("PURGE", "/")
            .header("host", "elsewhere")
            .header("te", "trailers")
            .body(Body::default()),
        request("OPTIONS", "/").header("x-empty", "").body(Body::default()),
    ]
    .map(|request| request.expect("a request"))
    .into()
}

/// Returns the received requests, without and with the layer.
async fn arrived() -> (Vec<Received>, Vec<Received>) {
    let answers = || (0..8).map(|_| Answer::status(200, ""));
    let (bare, traced) = (Server::start(answers()).await, Server::start(answers()).await);
    for request in requests(&bare) {
        client().request(request).await.expect("an answer");
    }
    record(
        &[&traced],
        inside(async {
            correlation::put("tenant", "acme");
            for request in requests(&traced) {
                let service = ServiceBuilder::new().layer(ClientLayer::new()).service(client());
                service.oneshot(request).await.expect("an answer");
            }
        }),
    )
    .await;
    let named =
        |server: &Server, request: Received| request.with_address(server.address(), "stock:80");
    (
        bare.requests().into_iter().map(|request| named(&bare, request)).collect(),
        traced.requests().into_iter().map(|request| named(&traced, request)).collect(),
    )
}

#[tokio::test]
async fn only_our_headers_of_a_request_change() {
    let (bare, traced) = arrived().await;
    for request in &traced {
        assert_eq!(request.ours(), ["sw8", "sw8-correlation"], "{request:?}");
    }

    assert_eq!(traced.iter().map(Received::without_ours).collect::<Vec<_>>(), bare);
}

#[tokio::test]
async fn streamed_body_is_sent_in_the_same_parts() {
    let body = || {
        let parts = ["first", " ", "last"].map(|part| {
            Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from_static(part.as_bytes())))
        });
        StreamBody::new(futures::stream::iter(parts))
    };
    let server = Server::start([Answer::status(200, ""), Answer::status(200, "")]).await;
    let request = || Request::post(server.url("/upload")).body(body()).expect("a request");
    let client = || Client::builder(TokioExecutor::new()).build_http();
    record(&[], async {
        client().request(request()).await.expect("an answer");
        ServiceBuilder::new()
            .layer(ClientLayer::new())
            .service(client())
            .oneshot(request())
            .await
            .expect("an answer");
    })
    .await;
    let [bare, traced] = server.requests().try_into().expect("two requests");
    assert_eq!(traced.ours(), ["sw8"]);
    assert_eq!(traced.without_ours(), bare);
}

/// Returns the received request that was sent with headers of another trace, and the tree.
async fn with_old_headers(layer: impl FnOnce(&Server) -> ClientLayer) -> (Received, String) {
    let server = Server::start([Answer::status(200, "")]).await;
    let shown = tree(&[&server], async {
        let mut request = get(&server, "/items");
        for name in ["sw8", "sw8-correlation", "sw8-x", "sw8x"] {
            request.headers_mut().insert(name, "old".parse().expect("a value"));
        }
        let traced = ServiceBuilder::new().layer(layer(&server)).service(client());
        traced.oneshot(request).await.expect("an answer");
    })
    .await;
    (server.request(), shown)
}

#[tokio::test]
async fn headers_of_another_trace_are_replaced() {
    let (request, shown) = with_old_headers(|_| ClientLayer::new()).await;

    assert_eq!(request.ours(), ["sw8"]);
    assert_eq!(request.header("sw8x"), Some("old"));
    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn excluded_host_gets_no_headers_not_even_old_ones() {
    let (request, shown) =
        with_old_headers(|_| ClientLayer::new().propagate_to(["stock", "*.example"])).await;

    assert_eq!(request.ours(), [""; 0]);
    assert_eq!(request.header("sw8x"), Some("old"));
    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n"
    );
}

#[tokio::test]
async fn host_of_propagate_to_gets_the_headers() {
    for name in ["127.0.0.1", "*.0.0.1"] {
        let (_, shown) = with_old_headers(|_| ClientLayer::new().propagate_to([name])).await;
        assert!(shown.contains("arrived"), "{name}: {shown}");
    }
    let (_, shown) =
        with_old_headers(|server| ClientLayer::new().propagate_to([server.address().to_string()]))
            .await;

    assert!(shown.contains("arrived"), "{shown}");
}

#[tokio::test]
async fn ignored_request_is_sent_unchanged() {
    let (request, shown) = with_old_headers(|_| ClientLayer::new().ignore_paths(["/items"])).await;

    assert_eq!(request.header("sw8"), Some("old"));
    assert_eq!(shown, "Entry arrived /items\n");
}
