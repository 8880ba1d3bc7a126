//! The end of the span, and the effect of the response body.

use reqwest::Response;
use skywalking_runtime::integrations::http::Client;
use tokio::sync::mpsc::UnboundedSender;

use super::client;
use crate::http_client::harness::{
    Answer, Recorded as _, Server, ended_after_meanwhile, inside, meanwhile, record, tree,
};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nx-kept: yes\r\n\r\n";

/// Returns true if the span of a request lasts as long as its body.
async fn lasts(tracing: Client) -> bool {
    let (parts, answer) = Answer::parts();
    let server = Server::start([answer]).await;
    let trees = record(
        &[&server],
        inside(async {
            parts.send(HEAD).expect("the server writes");
            let answer =
                client(tracing).get(server.url("/items?page=2")).send().await.expect("an answer");
            assert_eq!(answer.url().as_str(), server.url("/items?page=2"));
            assert_eq!(answer.remote_addr(), Some(server.address()));
            assert_eq!(answer.content_length(), Some(10));
            assert_eq!(answer.headers()["x-kept"], "yes");
            meanwhile().await;
            parts.send("first").expect("the server writes");
            parts.send(" last").expect("the server writes");
            assert_eq!(answer.text().await.expect("a body"), "first last");
        }),
    )
    .await;
    ended_after_meanwhile(&trees)
}

#[tokio::test]
async fn span_ends_with_the_response_head_unless_bodies_are_timed() {
    assert!(!lasts(Client::new()).await);
    assert!(lasts(Client::new().time_bodies()).await);
}

/// Returns the tree of a request whose body is read half-way before `end` is applied to the server
/// and the response.
async fn half(
    tracing: Client,
    end: impl AsyncFnOnce(UnboundedSender<&'static str>, Response),
) -> String {
    let (parts, answer) = Answer::parts();
    let server = Server::start([answer]).await;
    tree(&[&server], async {
        parts.send(HEAD).expect("the server writes");
        parts.send("first").expect("the server writes");
        let mut answer = client(tracing).get(server.url("/items")).send().await.expect("an answer");
        assert_eq!(answer.chunk().await.expect("no error").expect("a part"), "first");
        end(parts, answer).await;
    })
    .await
}

#[tokio::test]
async fn timed_body_that_is_dropped_half_way_is_cancelled() {
    let drop_body = async |parts, answer| {
        drop(answer);
        drop(parts);
    };

    assert_eq!(
        half(Client::new().time_bodies(), drop_body).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200} [event=cancelled]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
    assert_eq!(
        half(Client::new(), drop_body).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn error_of_a_timed_body_is_an_error_of_the_span() {
    let break_off = async |parts, mut answer: Response| {
        drop(parts);
        assert!(answer.chunk().await.expect_err("the body is broken off").is_decode());
    };

    assert_eq!(
        half(Client::new().time_bodies(), break_off).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/items, http.status_code=200} [event=error error.kind=reqwest::error::Error message=request or response body error]\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
    assert_eq!(
        half(Client::new(), break_off).await,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn timeout_of_a_timed_body_is_a_timeout_for_the_program() {
    for tracing in [Client::new(), Client::new().time_bodies()] {
        let (parts, answer) = Answer::parts();
        let server = Server::start([answer]).await;
        record(&[&server], async {
            parts.send(HEAD).expect("the server writes");
            let request = client(tracing)
                .get(server.url("/items"))
                .timeout(crate::http_client::harness::TIMEOUT);
            let mut answer = request.send().await.expect("an answer");
            tokio::time::pause();
            let error = answer.chunk().await.expect_err("a timeout");
            assert!(error.is_timeout() && error.is_decode(), "{error:?}");
            tokio::time::resume();
        })
        .await;
    }
}
