//! The outcomes of a request.

use reqwest_middleware::{ClientBuilder, Error, Middleware, Next};
use skywalking_reqwest::Tracing;
use skywalking_runtime::integrations::http::Client;

use super::{client, plain};
use crate::http_client::harness::{
    Answer, Nobody, Server, TIMEOUT, cancelled, tree, until_timeout,
};

/// Returns the tree of a request with a response of this status.
async fn answered(status: u16) -> String {
    let server = Server::start([Answer::status(status, "text")]).await;
    tree(&[&server], async {
        let answer = client(Client::new())
            .get(server.url("/items/7?token=secret"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), answer.url().as_str()),
            (status, server.url("/items/7?token=secret").as_str())
        );
        assert_eq!(answer.text().await.expect("a body"), "text");
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
async fn error_statuses_and_the_query_can_be_configured() {
    let server = Server::start([Answer::status(404, "")]).await;
    let shown = tree(&[&server], async {
        let tracing = Client::new().is_error(|status| status.is_server_error()).url_with_query();
        client(tracing).get(server.url("/items?page=2")).send().await.expect("an answer");
    })
    .await;
    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items?page=2, http.status_code=404}\n\
        \x20 Entry arrived /items?page=2 ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn refused_connection_is_an_error_without_the_query() {
    let nobody = Nobody::new();
    let url = format!("http://{}/items?token=secret", nobody.address);
    let shown = nobody
        .tree(async {
            let error = client(Client::new()).get(&url).send().await.expect_err("nobody listens");
            assert!(error.is_connect(), "{error:?}");
            assert_eq!(
                error.url().map(reqwest::Url::as_str),
                Some(url.as_str()),
                "the program's error is as it was"
            );
        })
        .await;

    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=nobody:0 ERROR {http.method=GET, url=http://nobody:0/items} [event=error error.kind=reqwest::error::Error message=error sending request stack=error sending request\\nCaused by: client error (Connect)\\nCaused by: tcp connect error\\nCaused by: Connection refused (os error 111)]\n"
    );
}

#[tokio::test]
async fn closed_connection_is_an_error_with_its_causes() {
    let server = Server::start([Answer::Hangup]).await;
    let shown = tree(&[&server], async {
        client(Client::new())
            .post(server.url("/items"))
            .body("text")
            .send()
            .await
            .expect_err("no answer");
    })
    .await;
    assert_eq!(
        shown,
        "Exit POST:/items layer=Http component=2 peer=one:1 ERROR {http.method=POST, url=http://one:1/items} [event=error error.kind=reqwest::error::Error message=error sending request stack=error sending request\\nCaused by: client error (SendRequest)\\nCaused by: connection closed before message completed]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn timeout_of_reqwest_is_an_error() {
    let server = Server::start([Answer::Silence]).await;
    let shown = tree(&[&server], async {
        let request =
            Box::pin(client(Client::new()).get(server.url("/items")).timeout(TIMEOUT).send());
        assert!(
            until_timeout(server.received(1), request).await.expect_err("a timeout").is_timeout()
        );
    })
    .await;

    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/items} [event=error error.kind=reqwest::error::Error message=error sending request stack=error sending request\\nCaused by: operation timed out]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn timeout_around_the_request_cancels_it() {
    let server = Server::start([Answer::Silence]).await;
    let shown = tree(&[&server], async {
        let request =
            tokio::time::timeout(TIMEOUT, client(Client::new()).get(server.url("/items")).send());
        until_timeout(server.received(1), request).await.expect_err("a timeout");
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
        cancelled(server.received(1), client(Client::new()).get(server.url("/items")).send()).await;
    })
    .await;

    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items} [event=cancelled]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn unsupported_address_is_not_a_call() {
    for client in [client(Client::new()), plain(Client::new())] {
        let shown = tree(&[], async {
            assert!(
                client.get("data:text/plain,x").send().await.expect_err("no address").is_builder()
            );
        })
        .await;
        assert_eq!(shown, "");
    }
}

/// A middleware that fails with its own error.
struct Refuses;

/// The error of [`Refuses`], with or without an error of reqwest as its source.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the budget is used up")]
    Budget(#[source] std::fmt::Error),
    #[error("given up: {0}")]
    GivenUp(#[from] Error),
}

#[async_trait::async_trait]
impl Middleware for Refuses {
    async fn handle(
        &self,
        request: reqwest::Request,
        extensions: &mut ::http::Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        if request.url().path() == "/budget" {
            return Err(Error::middleware(Refused::Budget(std::fmt::Error)));
        }
        next.run(request, extensions)
            .await
            .map_err(|error| Error::middleware(Refused::GivenUp(error)))
    }
}

#[tokio::test]
async fn error_of_an_inner_middleware_is_logged_without_query() {
    let nobody = Nobody::new();
    let shown = nobody
        .tree(async {
            let client = ClientBuilder::new(reqwest::Client::new())
                .with(Tracing::new())
                .with(Refuses)
                .build();
            for path in ["budget", "items?token=secret"] {
                let error = client
                    .get(format!("http://{}/{path}", nobody.address))
                    .send()
                    .await
                    .expect_err("a refusal");
                assert!(error.is_middleware(), "{error:?}");
            }
        })
        .await;

    assert_eq!(
        shown,
        "Exit GET:/budget layer=Http component=2 peer=nobody:0 ERROR {http.method=GET, url=http://nobody:0/budget} [event=error error.kind=dyn core::error::Error message=the budget is used up stack=the budget is used up\\nCaused by: an error occurred when formatting an argument]\n\
        Exit GET:/items layer=Http component=2 peer=nobody:0 ERROR {http.method=GET, url=http://nobody:0/items} [event=error error.kind=error message=given up: error sending request for url (..)]\n"
    );
}
