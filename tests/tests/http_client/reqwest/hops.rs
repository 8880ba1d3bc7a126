//! What follows a redirect is what reqwest itself would send, byte for byte, but for our headers.

use std::time::Duration;

use reqwest::{Body, Method};
use skywalking_runtime::http::Client;

use super::client;
use crate::harness::{Answer, Received, Recorded as _, Server, record};

/// How the body of a request is given.
#[derive(Clone, Copy, Debug)]
enum Kind {
    None,
    Whole,
    Streamed,
}

const KINDS: [Kind; 3] = [Kind::None, Kind::Whole, Kind::Streamed];

/// Where a redirect leads.
fn locations(server: &Server) -> [String; 6] {
    ["/new?b=2#part", "new", "?c=3", "//LOCALHOST:1/", "http://[", ""]
        .map(|location| location.replace("//LOCALHOST:1", &format!("//localhost:{}", server.address().port())))
}

/// The parts of a request that is redirected.
#[derive(Clone, Debug)]
struct Case {
    status: u16,
    method: Method,
    kind: Kind,
    /// Which of [`locations`].
    location: usize,
}

/// What arrives, and the status that the program gets, by a function that sends a request.
async fn arrived(case: &Case, send: impl AsyncFnOnce(Method, String, Option<Body>) -> reqwest::Response) -> (Vec<Received>, u16, String) {
    let server = Server::start([]).await;
    server.play([Answer::redirect(case.status, &locations(&server)[case.location]), Answer::status(200, "")]);
    let body = match case.kind {
        Kind::None => None,
        Kind::Whole => Some(Body::from("text")),
        Kind::Streamed => Some(Body::wrap(http_body_util::StreamBody::new(futures::stream::iter([Ok::<_, std::convert::Infallible>(
            http_body::Frame::data(bytes::Bytes::from_static(b"text")),
        )])))),
    };
    let answer = send(case.method.clone(), server.url("/dir/old?a=1#first"), body).await;
    let named = |text: &str| text.replace(&server.address().port().to_string(), "80");
    let requests =
        server.requests().into_iter().map(|request| request.with_address(server.address(), "one:1").with_port(server.address(), 80));
    (requests.collect(), answer.status().as_u16(), named(answer.url().as_str()))
}

async fn compare(case: Case) {
    const HEADERS: [(&str, &str); 5] = [
        ("authorization", "Bearer secret"),
        ("cookie", "a=b"),
        ("content-type", "text/plain"),
        ("content-language", "en"),
        ("referer", "http://first/"),
    ];
    let bare = arrived(&case, async |method, url, body| {
        let mut request = reqwest::Client::new().request(method, url).timeout(Duration::from_secs(60));
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        request.send().await.expect("an answer")
    })
    .await;
    let mut traced = None;
    record(&[], async {
        traced = Some(
            arrived(&case, async |method, url, body| {
                let mut request = client(Client::new()).request(method, url).timeout(Duration::from_secs(60));
                for (name, value) in HEADERS {
                    request = request.header(name, value);
                }
                if let Some(body) = body {
                    request = request.body(body);
                }
                request.send().await.expect("an answer")
            })
            .await,
        );
    })
    .await;
    let (requests, status, url) = traced.expect("it ran");
    let sorted = |requests: &[Received]| requests.iter().map(Received::sorted).collect::<Vec<_>>();
    let without_ours: Vec<_> = requests.iter().map(Received::without_ours).collect();
    assert_eq!((sorted(&without_ours), status, url), (sorted(&bare.0), bare.1, bare.2), "{case:?}");
}

#[tokio::test]
async fn a_hop_is_what_reqwest_itself_would_send() {
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE] {
            for kind in KINDS {
                compare(Case { status, method: method.clone(), kind, location: 0 }).await;
            }
        }
    }
}

#[tokio::test]
async fn a_location_leads_where_reqwest_itself_would_go() {
    for location in 0..6 {
        for method in [Method::GET, Method::POST] {
            compare(Case { status: 307, method, kind: Kind::Whole, location }).await;
        }
    }
}
