//! Redirects: the hosts that receive the trace headers, and the recorded spans. `docs/security.md`
//! and the documentation of the crate describe them.

use std::future::Future;

use ::http::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Response, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use skywalking_reqwest::Tracing;
use skywalking_runtime::current;
use skywalking_runtime::integrations::http::Client;
use skywalking_runtime::propagation::correlation;

use super::{client, plain};
use crate::http_client::harness::{
    Answer, Recorded as _, Server, TIMEOUT, inside, tree, until_timeout,
};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// All headers of a trace.
const OURS: [&str; 3] = ["sw8", "sw8-x", "sw8-correlation"];

/// Runs `work` in a request whose trace has a value for each of our headers.
fn inside_with_each_header<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let work = Box::pin(work);
    inside(async {
        correlation::put("tenant", "acme");
        current().skip_analysis_of_trace();
        work.await
    })
}

async fn get(client: ClientWithMiddleware, url: String) -> Response {
    client.get(url).header("x-kept", "yes").send().await.expect("an answer")
}

/// A server that redirects, and the target of its redirects.
async fn pair(status: u16) -> (Server, Server) {
    let other = Server::start([Answer::status(200, "")]).await;
    let server = Server::start([Answer::redirect(status, &other.url("/new"))]).await;
    (server, other)
}

mod same_host {
    use super::*;

    #[tokio::test]
    async fn is_followed_in_one_span() {
        for tracing in [Client::new(), Client::new().time_bodies()] {
            let moved = Answer::Whole(
                "HTTP/1.1 302 Found\r\nlocation: /new\r\ncontent-length: 5\r\n\r\nmoved".into(),
            );
            let server = Server::start([moved, Answer::status(200, "text")]).await;

            let shown = tree(
                &[&server],
                inside(async {
                    let answer = get(client(tracing), server.url("/old")).await;
                    assert_eq!(answer.url().as_str(), server.url("/new"));
                    assert_eq!(answer.text().await.expect("a body"), "text");
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
    }

    #[tokio::test]
    async fn gets_the_trace_headers_again() {
        for status in STATUSES {
            let server =
                Server::start([Answer::redirect(status, "/new"), Answer::status(200, "")]).await;

            tree(
                &[],
                inside_with_each_header(async {
                    get(client(Client::new()), server.url("/old")).await;
                }),
            )
            .await;

            let [first, second] = server.requests().try_into().expect("two requests");
            assert_eq!((first.ours(), second.ours()), (OURS.to_vec(), OURS.to_vec()), "{status}");
            for name in OURS {
                assert_eq!(first.header(name), second.header(name), "{status}");
            }
        }
    }

    #[tokio::test]
    async fn too_many_redirects_are_an_error_without_the_query() {
        let server = Server::start((0..11).map(|_| Answer::redirect(302, "/?token=secret"))).await;

        let shown = tree(
            &[],
            inside(async {
                let request = client(Client::new()).get(server.url("/")).send();
                let error = request.await.expect_err("too many redirects");
                assert!(error.is_redirect(), "{error:?}");
            }),
        )
        .await;

        assert_eq!(server.requests().len(), 11);
        assert_eq!(
            shown.replace(&server.address().to_string(), "one:1"),
            "Entry /request\n\
            \x20 Exit GET:/ layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/} [event=error error.kind=reqwest::error::Error message=error following redirect stack=error following redirect\\nCaused by: too many redirects]\n"
        );
    }

    #[tokio::test]
    async fn timeout_of_a_request_includes_its_redirects() {
        let server = Server::start([Answer::redirect(302, "/new"), Answer::Silence]).await;

        let shown = tree(
            &[&server],
            inside(async {
                let request = client(Client::new()).get(server.url("/old")).timeout(TIMEOUT).send();
                let error = until_timeout(server.received(2), request).await;
                assert!(error.expect_err("a timeout").is_timeout());
            }),
        )
        .await;

        assert_eq!(
            shown,
            "Entry /request\n\
            \x20 Exit GET:/old layer=Http component=2 peer=one:1 ERROR {http.method=GET, url=http://one:1/old} [event=error error.kind=reqwest::error::Error message=error sending request stack=error sending request\\nCaused by: operation timed out]\n\
            \x20   Entry arrived /old ref=CrossProcess\n\
            \x20   Entry arrived /new ref=CrossProcess\n"
        );
    }
}

mod other_host {
    use super::*;

    #[tokio::test]
    async fn is_not_followed_and_receives_nothing() {
        for status in STATUSES {
            let (server, other) = pair(status).await;

            let shown = tree(
                &[&server, &other],
                inside_with_each_header(async {
                    let answer = get(client(Client::new()), server.url("/old")).await;
                    assert_eq!(answer.status(), status);
                    assert_eq!(answer.url().as_str(), server.url("/old"));
                    assert_eq!(answer.headers()[LOCATION], other.url("/new"));
                }),
            )
            .await;

            assert_eq!(server.request().ours(), OURS, "{status}");
            assert_eq!(other.requests(), [], "{status}");
            assert_eq!(
                shown,
                format!(
                    "Entry /request SKIP_ANALYSIS\n\
                    \x20 Exit GET:/old layer=Http component=2 peer=one:1 SKIP_ANALYSIS {{http.method=GET, url=http://one:1/old, http.status_code={status}}}\n\
                    \x20   Entry arrived /old ref=CrossProcess SKIP_ANALYSIS\n"
                )
            );
        }
    }

    #[tokio::test]
    async fn is_not_followed_under_another_name_of_the_host() {
        let server = Server::start([]).await;
        let location = format!("//localhost:{}/new", server.address().port());
        server.play([Answer::redirect(302, &location)]);

        let answer = get(client(Client::new()), server.url("/old")).await;

        assert_eq!(answer.status(), 302);
        assert_eq!(server.request().path(), "/old");
    }

    #[tokio::test]
    async fn is_not_followed_after_a_redirect_to_the_same_host() {
        let other = Server::start([]).await;
        let script = [Answer::redirect(302, "/new"), Answer::redirect(302, &other.url("/away"))];
        let server = Server::start(script).await;

        let shown = tree(
            &[&server],
            inside(async {
                let answer = get(client(Client::new()), server.url("/old")).await;
                assert_eq!(
                    (answer.status().as_u16(), answer.url().as_str()),
                    (302, server.url("/new").as_str())
                );
            }),
        )
        .await;

        assert_eq!(other.requests(), []);
        assert_eq!(
            shown,
            "Entry /request\n\
            \x20 Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
            \x20   Entry arrived /old ref=CrossProcess\n\
            \x20   Entry arrived /new ref=CrossProcess\n"
        );
    }

    /// Follows the redirect of `pair` with a second request, as the documentation recommends.
    async fn by_a_second_request(tracing: Client, server: &Server, other: &Server) -> String {
        tree(
            &[server, other],
            inside_with_each_header(async {
                let client = client(tracing);
                let answer = get(client.clone(), server.url("/old")).await;
                let location = answer.headers()[LOCATION].to_str().expect("text");
                let next: Url = answer.url().join(location).expect("a URL");
                assert_eq!(get(client, next.into()).await.status(), 200);
            }),
        )
        .await
    }

    #[tokio::test]
    async fn gets_headers_by_a_second_request_if_allowed() {
        let (server, other) = pair(302).await;
        let hosts = [server.address().to_string(), other.address().to_string()];

        let shown = by_a_second_request(Client::new().propagate_to(hosts), &server, &other).await;

        assert_eq!(other.request().ours(), OURS);
        assert_eq!(
            shown,
            "Entry /request SKIP_ANALYSIS\n\
            \x20 Exit GET:/old layer=Http component=2 peer=one:1 SKIP_ANALYSIS {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
            \x20   Entry arrived /old ref=CrossProcess SKIP_ANALYSIS\n\
            \x20 Exit GET:/new layer=Http component=2 peer=two:2 SKIP_ANALYSIS {http.method=GET, url=http://two:2/new, http.status_code=200}\n\
            \x20   Entry arrived /new ref=CrossProcess SKIP_ANALYSIS\n"
        );
    }

    #[tokio::test]
    async fn gets_no_headers_by_a_second_request_if_excluded() {
        let (server, other) = pair(302).await;
        let hosts = [server.address().to_string()];

        let shown = by_a_second_request(Client::new().propagate_to(hosts), &server, &other).await;

        assert_eq!(
            (other.request().ours(), other.request().header("x-kept")),
            (vec![], Some("yes"))
        );
        assert_eq!(
            shown,
            "Entry /request SKIP_ANALYSIS\n\
            \x20 Exit GET:/old layer=Http component=2 peer=one:1 SKIP_ANALYSIS {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
            \x20   Entry arrived /old ref=CrossProcess SKIP_ANALYSIS\n\
            \x20 Exit GET:/new layer=Http component=2 peer=two:2 SKIP_ANALYSIS {http.method=GET, url=http://two:2/new, http.status_code=200}\n"
        );
    }
}

mod policies {
    use super::*;

    /// Why `docs/security.md` recommends another policy.
    #[tokio::test]
    async fn default_one_sends_trace_headers_to_other_hosts() {
        for status in STATUSES {
            let (server, other) = pair(status).await;

            let shown = tree(
                &[&server, &other],
                inside_with_each_header(async {
                    let tracing = Client::new().propagate_to([server.address().to_string()]);
                    assert_eq!(get(plain(tracing), server.url("/old")).await.status(), 200);
                }),
            )
            .await;

            assert_eq!(other.request().ours(), OURS, "{status}");
            assert_eq!(
                shown,
                "Entry /request SKIP_ANALYSIS\n\
                \x20 Exit GET:/old layer=Http component=2 peer=one:1 SKIP_ANALYSIS {http.method=GET, url=http://one:1/old, http.status_code=200}\n\
                \x20   Entry arrived /old ref=CrossProcess SKIP_ANALYSIS\n\
                \x20   Entry arrived /new ref=CrossProcess SKIP_ANALYSIS\n"
            );
        }
    }

    #[tokio::test]
    async fn none_records_the_redirect() {
        let server = Server::start([Answer::redirect(302, "/new")]).await;

        let shown = tree(&[&server], async {
            let inner =
                reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
            let client = ClientBuilder::new(inner).with(Tracing::new()).build();
            assert_eq!(get(client, server.url("/old")).await.status(), 302);
        })
        .await;

        assert_eq!(
            shown,
            "Exit GET:/old layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/old, http.status_code=302}\n\
            \x20 Entry arrived /old ref=CrossProcess\n"
        );
    }

    #[tokio::test]
    async fn that_of_the_builder_is_replaced() {
        let (server, other) = pair(302).await;
        let builder = reqwest::Client::builder().redirect(Policy::limited(3));
        let client = skywalking_reqwest::client(builder, Tracing::new()).expect("a client");

        assert_eq!(get(client, server.url("/old")).await.status(), 302);

        assert_eq!(other.requests(), []);
    }
}
