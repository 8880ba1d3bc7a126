//! The outcomes of a request.

use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use skywalking_runtime::exit_span;
use skywalking_tower::ClientLayer;
use tower::timeout::TimeoutLayer;
use tower::{ServiceBuilder, ServiceExt as _};

use super::{Body, client, get};
use crate::http_client::harness::{
    Answer, Nobody, Server, TIMEOUT, cancelled, inside, tree, until_timeout,
};

/// Returns the tree of a request with a response of this status.
async fn answered(status: u16) -> String {
    let server = Server::start([Answer::status(status, "text")]).await;
    tree(&[&server], async {
        let traced = ServiceBuilder::new().layer(ClientLayer::new()).service(client());
        let answer =
            traced.oneshot(get(&server, "/items/7?token=secret")).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.into_body().collect().await.expect("a body").to_bytes(), "text");
    })
    .await
}

#[tokio::test]
async fn successful_request_is_a_span_with_its_id_in_the_header() {
    assert_eq!(
        answered(200).await,
        "Exit GET:/items/7 layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items/7, http.status_code=200}\n\
         \x20 Entry arrived /items/7?token=secret ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn status_from_400_is_an_error_without_a_log() {
    for status in [400, 404, 500, 503] {
        assert_eq!(
            answered(status).await,
            format!(
                "Exit GET:/items/7 layer=Http component=2 peer=one:1 ERROR {{http.method=GET, url=http://one:1/items/7, http.status_code={status}}}\n\
                 \x20 Entry arrived /items/7?token=secret ref=CrossProcess\n"
            )
        );
    }
}

#[tokio::test]
async fn error_statuses_can_be_configured() {
    let server = Server::start([Answer::status(404, ""), Answer::status(200, "")]).await;
    let shown = tree(&[&server], async {
        let layer = ClientLayer::new().is_error(|status| status == StatusCode::OK);
        let traced = ServiceBuilder::new().layer(layer).service(client());
        for path in ["/absent", "/there"] {
            traced.clone().oneshot(get(&server, path)).await.expect("an answer");
        }
    })
    .await;
    assert_eq!(
        shown,
        "Exit GET:/absent layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/absent, http.status_code=404}\n\
        \x20 Entry arrived /absent ref=CrossProcess\n\
        Exit GET:/there layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/there, http.status_code=200}\n\
        \x20 Entry arrived /there ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn refused_connection_is_an_error_with_its_causes() {
    let nobody = Nobody::new();
    let shown = nobody
        .tree(async {
            let traced = ServiceBuilder::new().layer(ClientLayer::new()).service(client());
            let request = Request::get(format!("http://{}/items", nobody.address))
                .body(Body::default())
                .expect("a request");
            traced.oneshot(request).await.expect_err("nobody listens");
        })
        .await;

    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=nobody:0 ERROR {http.method=GET, url=http://nobody:0/items} [event=error error.kind=hyper_util::client::legacy::client::Error message=client error (Connect) stack=client error (Connect)\\nCaused by: tcp connect error\\nCaused by: Connection refused (os error 111)]\n"
    );
}

#[tokio::test]
async fn closed_connection_is_an_error_with_its_causes() {
    let server = Server::start([Answer::Hangup]).await;
    let shown = tree(&[&server], async {
        let traced = ServiceBuilder::new().layer(ClientLayer::new()).service(client());
        traced.oneshot(get(&server, "/items")).await.expect_err("no answer");
    })
    .await;
    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/items} [event=error error.kind=hyper_util::client::legacy::client::Error message=client error (SendRequest) stack=client error (SendRequest)\\nCaused by: connection closed before message completed]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn timeout_inside_of_the_layer_is_an_error() {
    let server = Server::start([Answer::Silence]).await;
    let shown = tree(&[&server], async {
        let layer = ClientLayer::new().boxed_errors();
        let traced =
            ServiceBuilder::new().layer(layer).layer(TimeoutLayer::new(TIMEOUT)).service(client());
        until_timeout(server.received(1), traced.oneshot(get(&server, "/items")))
            .await
            .expect_err("a timeout");
    })
    .await;

    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/items} [event=error error.kind=dyn core::error::Error message=request timed out]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn timeout_outside_of_the_layer_cancels_the_request() {
    let server = Server::start([Answer::Silence]).await;
    let shown = tree(&[&server], async {
        let traced = ServiceBuilder::new()
            .layer(TimeoutLayer::new(TIMEOUT))
            .layer(ClientLayer::new())
            .service(client());
        until_timeout(server.received(1), traced.oneshot(get(&server, "/items")))
            .await
            .expect_err("a timeout");
    })
    .await;

    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items} [event=cancelled]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn dropped_request_is_cancelled_without_an_error() {
    let server = Server::start([Answer::Silence]).await;
    let shown = tree(&[&server], async {
        let traced = ServiceBuilder::new().layer(ClientLayer::new()).service(client());
        cancelled(server.received(1), traced.oneshot(get(&server, "/items"))).await;
    })
    .await;

    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items} [event=cancelled]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[exit_span(name = "stock/check", peer = "stock", tags("item" = item))]
async fn check(server: &Server, item: u64) -> u16 {
    let traced = ServiceBuilder::new().layer(ClientLayer::new()).service(client());
    traced.oneshot(get(server, "/items")).await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn annotated_function_merges_with_its_request() {
    let server = Server::start([Answer::status(404, "")]).await;
    let shown = tree(&[&server], inside(check(&server, 7))).await;

    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit stock/check layer=Http component=2 peer=stock ERROR {item=7, http.method=GET, url=http://one:1/items, http.status_code=404}\n\
        \x20   Entry arrived /items ref=CrossProcess\n"
    );
}
