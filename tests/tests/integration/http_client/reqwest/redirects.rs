//! Redirects: what is recorded, and who gets our headers.

use reqwest::redirect::Policy;
use reqwest_middleware::ClientBuilder;
use skywalking_reqwest::{Error, Redirects, Tracing};
use skywalking_runtime::integrations::http::Client;

use super::{client, plain};
use crate::http_client::harness::{
    Answer, Recorded as _, Server, TIMEOUT, inside, tree, until_timeout,
};

#[tokio::test]
async fn each_hop_is_a_span_also_where_bodies_are_timed() {
    for tracing in [Client::new(), Client::new().time_bodies()] {
        let moved = Answer::Whole(
            "HTTP/1.1 302 Found\r\nlocation: /new\r\ncontent-length: 5\r\n\r\nmoved".into(),
        );
        let server = Server::start([moved, Answer::status(200, "text")]).await;
        let shown = tree(
            &[&server],
            inside(async {
                let answer =
                    client(tracing).get(server.url("/old")).send().await.expect("an answer");
                assert_eq!(answer.url().as_str(), server.url("/new"));
                assert_eq!(answer.text().await.expect("a body"), "text");
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

/// A server, and another one that it redirects to and that answers.
async fn pair() -> (Server, Server) {
    let other = Server::start([Answer::status(200, "")]).await;
    let server = Server::start([Answer::redirect(307, &other.url("/new"))]).await;
    (server, other)
}

#[tokio::test]
async fn another_host_gets_none_of_our_headers() {
    let (server, other) = pair().await;
    let shown = tree(
        &[&server, &other],
        inside(async {
            let request = client(Client::new())
                .get(server.url("/old"))
                .header("sw8-x", "old")
                .header("x-kept", "yes");
            assert_eq!(request.send().await.expect("an answer").status(), 200);
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
    let arrived = other.request();
    assert_eq!((arrived.ours(), arrived.header("x-kept")), (vec![], Some("yes")));
}

#[tokio::test]
async fn allowed_other_host_gets_the_headers_of_its_hop() {
    let (server, other) = pair().await;
    let shown = tree(
        &[&server, &other],
        inside(async {
            let tracing = Client::new()
                .propagate_to([server.address().to_string(), other.address().to_string()]);
            assert_eq!(
                client(tracing).get(server.url("/old")).send().await.expect("an answer").status(),
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
                \x20 Exit GET:/new layer=Http component=2 peer=two:2 {http.method=GET, url=http://two:2/new, http.status_code=200}\n\
                \x20   Entry arrived /new ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn the_first_host_gets_headers_again_after_a_detour() {
    let (other, server) = (Server::start([]).await, Server::start([]).await);
    server.play([Answer::redirect(302, &other.url("/away")), Answer::status(200, "")]);
    other.play([Answer::redirect(302, &server.url("/back"))]);
    let shown = tree(
        &[&server, &other],
        inside(async {
            let request = client(Client::new()).get(server.url("/old")).bearer_auth("secret");
            assert_eq!(request.send().await.expect("an answer").status(), 200);
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
                \x20   Entry arrived /old ref=CrossProcess\n\
                \x20 Exit GET:/away layer=Http component=2 peer=two:2 {http.method=GET, url=http://two:2/away, http.status_code=302}\n\
                \x20 Exit GET:/back layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/back, http.status_code=200}\n\
                \x20   Entry arrived /back ref=CrossProcess\n"
    );
    assert_eq!(other.request().header("authorization"), None);
    let [there, back] = server.requests().try_into().expect("two requests");
    assert_eq!(
        (there.header("authorization"), back.header("authorization")),
        (Some("Bearer secret"), None)
    );
}

#[tokio::test]
async fn inner_redirects_send_no_header_to_another_host() {
    let (server, other) = pair().await;
    let shown = tree(
        &[&server, &other],
        inside(async {
            let inner =
                reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
            let client =
                ClientBuilder::new(inner).with(Tracing::new()).with(Redirects::new()).build();
            assert_eq!(
                client.get(server.url("/old")).send().await.expect("an answer").status(),
                200
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=200}\n\
                \x20   Entry arrived /old ref=CrossProcess\n"
    );
    assert_eq!(other.request().ours(), [""; 0]);
}

#[tokio::test]
async fn redirects_by_the_client_are_one_span_and_keep_headers() {
    let (server, other) = pair().await;
    let shown = tree(
        &[&server, &other],
        inside(async {
            assert_eq!(
                plain(Client::new())
                    .get(server.url("/old"))
                    .send()
                    .await
                    .expect("an answer")
                    .status(),
                200
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=200}\n\
                \x20   Entry arrived /old ref=CrossProcess\n\
                \x20   Entry arrived /new ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn a_client_that_follows_nothing_makes_one_span_of_the_redirect() {
    let server = Server::start([Answer::redirect(302, "/new")]).await;
    let shown = tree(&[&server], async {
        let inner = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        let client = ClientBuilder::new(inner).with(Tracing::new()).build();
        assert_eq!(client.get(server.url("/old")).send().await.expect("an answer").status(), 302);
    })
    .await;
    assert_eq!(
        shown,
        "Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
            \x20 Entry arrived /old ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn one_redirect_too_many_is_an_error_that_says_what_to_do() {
    let server = Server::start((0..3).map(|_| Answer::redirect(302, "/again?token=secret"))).await;
    let shown = tree(
        &[&server],
        inside(async {
            let inner = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
            let client = ClientBuilder::new(inner).with(Redirects::limited(2)).with(Tracing::new()).build();
            let error = client.get(server.url("/")).send().await.expect_err("an end").to_string();
            assert_eq!(
                error.replace(&server.address().to_string(), "one:1"),
                "more than 2 redirects, the last one to http://one:1/again: look for a loop, or allow more by `Redirects::limited`"
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit GET:/ layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/, http.status_code=302}\n\
                \x20   Entry arrived / ref=CrossProcess\n\
                \x20 Exit GET:/again layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/again, http.status_code=302}\n\
                \x20   Entry arrived /again?token=secret ref=CrossProcess\n\
                \x20 Exit GET:/again layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/again, http.status_code=302}\n\
                \x20   Entry arrived /again?token=secret ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn a_hop_can_be_kept_from_saying_where_it_comes_from() {
    for (redirects, referer) in
        [(Redirects::new(), Some("/old")), (Redirects::new().without_referer(), None)]
    {
        let server = Server::start([Answer::redirect(302, "/new"), Answer::status(200, "")]).await;
        let inner = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        let client = ClientBuilder::new(inner).with(redirects).build();
        client.get(server.url("/old")).send().await.expect("an answer");
        let came =
            server.requests().last().and_then(|hop| hop.header("referer").map(str::to_owned));
        assert_eq!(came, referer.map(|path| server.url(path)));
    }
}

#[tokio::test]
async fn the_timeout_of_a_request_is_for_all_hops_together() {
    let server = Server::start([Answer::redirect(302, "/new"), Answer::Silence]).await;
    let shown = tree(
        &[&server],
        inside(async {
            let request = client(Client::new()).get(server.url("/old")).timeout(TIMEOUT).send();
            assert!(
                until_timeout(server.received(2), request)
                    .await
                    .expect_err("a timeout")
                    .is_timeout()
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
        \x20   Entry arrived /old ref=CrossProcess\n\
        \x20 Exit GET:/new layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/new} [event=error error.kind=reqwest::error::Error message=error sending request stack=error sending request\\nCaused by: operation timed out]\n\
        \x20   Entry arrived /new ref=CrossProcess\n"
    );
}

#[test]
fn credentials_among_the_default_headers_are_refused() {
    let mut headers = ::http::HeaderMap::new();
    headers.insert("x-api-key", "1".parse().expect("a value"));
    assert!(
        skywalking_reqwest::client(
            reqwest::Client::builder().default_headers(headers.clone()),
            Tracing::new()
        )
        .is_ok()
    );
    for name in ["authorization", "cookie", "proxy-authorization"] {
        let mut headers = headers.clone();
        headers.insert(name, "secret".parse().expect("a value"));
        let error = skywalking_reqwest::client(
            reqwest::Client::builder().default_headers(headers),
            Tracing::new(),
        );
        assert!(matches!(error, Err(Error::CredentialsByDefault { header }) if header == name));
    }
}
