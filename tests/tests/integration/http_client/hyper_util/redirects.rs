//! Redirects that tower-http follows outside of the layer. Each hop is a separate request for the
//! layer.

use http_body_util::BodyExt as _;
use skywalking_tower::ClientLayer;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::follow_redirect::FollowRedirectLayer;

use super::{client, get};
use crate::http_client::harness::{Answer, Recorded as _, Server, inside, tree};

#[tokio::test]
async fn each_hop_is_a_span_also_with_timed_bodies() {
    for layer in [ClientLayer::new(), ClientLayer::new().time_bodies()] {
        let moved = Answer::Whole(
            "HTTP/1.1 302 Found\r\nlocation: /new\r\ncontent-length: 5\r\n\r\nmoved".into(),
        );
        let server = Server::start([moved, Answer::status(200, "text")]).await;
        let shown = tree(
            &[&server],
            inside(async {
                let traced = ServiceBuilder::new()
                    .layer(FollowRedirectLayer::new())
                    .layer(layer)
                    .service(client());
                let answer = traced.oneshot(get(&server, "/old")).await.expect("an answer");
                assert_eq!(answer.into_body().collect().await.expect("a body").to_bytes(), "text");
            }),
        )
        .await;
        assert_eq!(
            shown,
            "Entry /request\n\
                    \x20 Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
                    \x20   Entry arrived /old ref=CrossProcess\n\
                    \x20 Exit GET:/new layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/new, http.status_code=200}\n\
                    \x20   Entry arrived /new ref=CrossProcess\n"
        );
    }
}

#[tokio::test]
async fn excluded_host_of_a_redirect_gets_no_headers() {
    let other = Server::start([Answer::status(200, "")]).await;
    let server = Server::start([Answer::redirect(307, &other.url("/new"))]).await;
    let shown = tree(
        &[&server, &other],
        inside(async {
            let layer = ClientLayer::new().propagate_to([server.address().to_string()]);
            let traced = ServiceBuilder::new()
                .layer(FollowRedirectLayer::new())
                .layer(layer)
                .service(client());
            assert_eq!(
                traced.oneshot(get(&server, "/old")).await.expect("an answer").status(),
                200
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=307}\n\
                \x20   Entry arrived /old ref=CrossProcess\n\
                \x20 Exit GET:/new layer=Http component=2 peer=two:2 {http.method=GET, url=http://two:2/new, http.status_code=200}\n"
    );
    assert_eq!(other.request().ours(), [""; 0]);
}
