//! Retries outside and inside of the layer.

use std::future::{Ready, ready};

use http::{Request, Response, StatusCode};
use skywalking_tower::ClientLayer;
use tower::retry::{Policy, RetryLayer};
use tower::{BoxError, ServiceBuilder, ServiceExt as _};

use super::{Body, client, get};
use crate::http_client::harness::{Answer, Server, inside, tree};

/// Retries responses with 503 this number of times.
#[derive(Clone)]
struct Again(u32);

impl<B, E: Into<BoxError>> Policy<Request<Body>, Response<B>, E> for Again {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request<Body>,
        answer: &mut Result<Response<B>, E>,
    ) -> Option<Ready<()>> {
        let busy =
            answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::SERVICE_UNAVAILABLE);
        (busy && self.0 > 0).then(|| {
            self.0 -= 1;
            ready(())
        })
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        Some(request.clone())
    }
}

async fn busy_once() -> Server {
    Server::start([Answer::status(503, ""), Answer::status(200, "")]).await
}

#[tokio::test]
async fn outer_retry_has_a_span_for_each_attempt() {
    let server = busy_once().await;
    let shown = tree(
        &[&server],
        inside(async {
            let traced = ServiceBuilder::new()
                .layer(RetryLayer::new(Again(2)))
                .layer(ClientLayer::new())
                .service(client());
            assert_eq!(
                traced.oneshot(get(&server, "/items")).await.expect("an answer").status(),
                200
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit GET:/items layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/items, http.status_code=503}\n\
                \x20   Entry arrived /items ref=CrossProcess\n\
                \x20 Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
                \x20   Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn inner_retry_is_one_span_and_each_attempt_has_its_header() {
    let server = busy_once().await;
    let shown = tree(
        &[&server],
        inside(async {
            let traced = ServiceBuilder::new()
                .layer(ClientLayer::new())
                .layer(RetryLayer::new(Again(2)))
                .service(client());
            assert_eq!(
                traced.oneshot(get(&server, "/items")).await.expect("an answer").status(),
                200
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
                \x20   Entry arrived /items ref=CrossProcess\n\
                \x20   Entry arrived /items ref=CrossProcess\n"
    );
}
