//! The middleware only changes our three headers in a request.

use reqwest::{Method, Request};
use skywalking_runtime::integrations::http::Client;
use skywalking_runtime::propagation::correlation;

use super::{client, plain};
use crate::http_client::harness::{Answer, Received, Recorded as _, Server, inside, record, tree};

/// Returns requests of many kinds.
fn requests(server: &Server) -> Vec<Request> {
    let client = reqwest::Client::new();
    let request = |method: &'static str, path: &str| {
        client.request(method.parse::<Method>().expect("a method"), server.url(path))
    };
    [
        request("GET", "/"),
        request("GET", "/a%20b/é?q=a b&q=%26#part"),
        request("HEAD", "/"),
        request("POST", "/?token=secret")
            .header("content-type", "text/plain")
            .header("X-Twice", "1")
            .header("x-twice", "2")
            .body("text"),
        request("PUT", "/")
            .basic_auth("user", Some("secret"))
            .header("cookie", "a=b; c=d")
            .body(""),
        request("PURGE", "/").header("host", "elsewhere").header("te", "trailers"),
        request("OPTIONS", "/").header("x-empty", "").header("accept", "text/html"),
    ]
    .map(|request| request.build().expect("a request"))
    .into()
}

fn answers() -> impl Iterator<Item = Answer> {
    (0..7).map(|_| Answer::status(200, ""))
}

fn named(server: &Server) -> Vec<Received> {
    server
        .requests()
        .into_iter()
        .map(|request| request.with_address(server.address(), "one:1"))
        .collect()
}

#[tokio::test]
async fn only_our_headers_of_a_request_change() {
    let bare = Server::start(answers()).await;
    for request in requests(&bare) {
        reqwest::Client::new().execute(request).await.expect("an answer");
    }
    for client in [client(Client::new()), plain(Client::new()), client(Client::new().time_bodies())]
    {
        let traced = Server::start(answers()).await;
        record(
            &[],
            inside(async {
                correlation::put("tenant", "acme");
                for request in requests(&traced) {
                    client.execute(request).await.expect("an answer");
                }
            }),
        )
        .await;
        for request in traced.requests() {
            assert_eq!(request.ours(), ["sw8", "sw8-correlation"], "{request:?}");
        }
        assert_eq!(
            named(&traced).iter().map(Received::without_ours).collect::<Vec<_>>(),
            named(&bare)
        );
    }
}

/// Returns the received request that was sent with headers of another trace, and the tree.
async fn with_old_headers(tracing: Client) -> (Received, String) {
    let server = Server::start([Answer::status(200, "")]).await;
    let shown = tree(&[&server], async {
        let mut request = client(tracing).get(server.url("/items"));
        for name in ["sw8", "sw8-correlation", "sw8-x", "sw8x"] {
            request = request.header(name, "old");
        }
        request.send().await.expect("an answer");
    })
    .await;
    (server.request(), shown)
}

#[tokio::test]
async fn headers_of_another_trace_are_replaced() {
    let (request, shown) = with_old_headers(Client::new()).await;

    assert_eq!((request.ours(), request.header("sw8x")), (vec!["sw8"], Some("old")));
    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n\
        \x20 Entry arrived /items ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn excluded_host_gets_no_headers_not_even_old_ones() {
    let (request, shown) =
        with_old_headers(Client::new().propagate_to(["stock", "*.example"])).await;

    assert_eq!((request.ours(), request.header("sw8x")), (vec![], Some("old")));
    assert_eq!(
        shown,
        "Exit GET:/items layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/items, http.status_code=200}\n"
    );
}

/// An extension of requests that are not traced.
#[derive(Clone)]
struct Quiet;

#[tokio::test]
async fn ignored_request_is_sent_unchanged() {
    let (request, shown) = with_old_headers(Client::new().ignore_paths(["/items"])).await;
    assert_eq!(request.header("sw8"), Some("old"));
    assert_eq!(shown, "Entry arrived /items\n");

    let server = Server::start([
        Answer::status(
            200,
            "Exit GET:/loud layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/loud, http.status_code=200}\n\
        \x20 Entry arrived /loud ref=CrossProcess\n",
        ),
        Answer::status(
            200,
            "Exit GET:/loud layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/loud, http.status_code=200}\n\
        \x20 Entry arrived /loud ref=CrossProcess\n",
        ),
    ])
    .await;
    let shown = tree(&[&server], async {
        let client = client(Client::new().ignore(|head| head.extensions.get::<Quiet>().is_some()));
        client.get(server.url("/quiet")).with_extension(Quiet).send().await.expect("an answer");
        client.get(server.url("/loud")).send().await.expect("an answer");
    })
    .await;
    assert_eq!(
        shown,
        "Exit GET:/loud layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/loud, http.status_code=200}\n\
        \x20 Entry arrived /loud ref=CrossProcess\n"
    );
}
