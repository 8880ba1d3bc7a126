//! Retries outside and inside of the tracing.

use ::http::{Extensions, StatusCode};
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next, Result};
use skywalking_reqwest::Tracing;

use crate::http_client::harness::{Answer, Server, inside, tree};

/// Retries responses with 503.
struct Again;

#[async_trait::async_trait]
impl Middleware for Again {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        loop {
            let attempt = request.try_clone().expect("a body that can be sent again");
            let answer = next.clone().run(attempt, extensions).await?;
            if answer.status() != StatusCode::SERVICE_UNAVAILABLE {
                return Ok(answer);
            }
        }
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
            let client =
                ClientBuilder::new(reqwest::Client::new()).with(Again).with(Tracing::new()).build();
            assert_eq!(
                client.get(server.url("/items")).send().await.expect("an answer").status(),
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
            let client =
                ClientBuilder::new(reqwest::Client::new()).with(Tracing::new()).with(Again).build();
            assert_eq!(
                client.get(server.url("/items")).send().await.expect("an answer").status(),
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
