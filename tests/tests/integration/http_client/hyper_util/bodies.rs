//! The end of the span, and the effect of the response body.

use http_body_util::BodyExt as _;
use skywalking_tower::ClientLayer;
use tower::{ServiceBuilder, ServiceExt as _};

use super::{client, get};
use crate::http_client::harness::{
    Answer, Server, ended_after_meanwhile, inside, meanwhile, record, tree,
};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";

/// Returns true if the span of a request lasts as long as its body.
async fn lasts(layer: ClientLayer) -> bool {
    let (parts, answer) = Answer::parts();
    let server = Server::start([answer]).await;
    let trees = record(
        &[&server],
        inside(async {
            parts.send(HEAD).expect("the server writes");
            let traced = ServiceBuilder::new().layer(layer).service(client());
            let answer = traced.oneshot(get(&server, "/items")).await.expect("an answer");
            meanwhile().await;
            parts.send("first").expect("the server writes");
            parts.send(" last").expect("the server writes");
            assert_eq!(
                answer.into_body().collect().await.expect("a body").to_bytes(),
                "first last"
            );
        }),
    )
    .await;
    ended_after_meanwhile(&trees)
}

#[tokio::test]
async fn span_ends_with_the_response_head_unless_bodies_are_timed() {
    assert!(!lasts(ClientLayer::new()).await);
    assert!(lasts(ClientLayer::new().time_bodies()).await);
}

/// Returns the tree of a request whose body is read half-way before `end` is applied to the server
/// and the body.
async fn half(
    layer: ClientLayer,
    end: impl AsyncFnOnce(tokio::sync::mpsc::UnboundedSender<&'static str>, Received),
) -> String {
    let (parts, answer) = Answer::parts();
    let server = Server::start([answer]).await;
    tree(&[&server], async {
        parts.send(HEAD).expect("the server writes");
        parts.send("first").expect("the server writes");
        let traced = ServiceBuilder::new().layer(layer).service(client());
        let mut body = traced.oneshot(get(&server, "/items")).await.expect("an answer").into_body();
        let frame = body.frame().await.expect("a frame").expect("no error");
        assert_eq!(frame.into_data().expect("data"), "first");
        end(parts, body).await;
    })
    .await
}

type Received = skywalking_runtime::integrations::http::TracedBody<hyper::body::Incoming>;

#[tokio::test]
async fn timed_body_that_is_dropped_half_way_is_cancelled() {
    let drop_body = async |parts, body| {
        drop(body);
        drop(parts);
    };

    assert_eq!(
        half(ClientLayer::new().time_bodies(), drop_body).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200} [event=cancelled]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
    assert_eq!(
        half(ClientLayer::new(), drop_body).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn error_of_a_timed_body_is_an_error_of_the_span() {
    let break_off = async |parts, mut body: Received| {
        drop(parts);
        body.frame().await.expect("a frame").expect_err("the body is broken off");
    };

    assert_eq!(
        half(ClientLayer::new().time_bodies(), break_off).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/items, http.status_code=200} [event=error error.kind=hyper::error::Error message=error reading a body from connection]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
    assert_eq!(
        half(ClientLayer::new(), break_off).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}
