//! A redirect to the same host is followed as by reqwest itself, with our headers added. The order
//! of the fields may differ, since a `HeaderMap` changes it when a field is removed.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use reqwest::{Body, Method, Request, Response};
use skywalking_runtime::integrations::http::Client;

use super::client;
use crate::http_client::harness::{Answer, Received, Recorded as _, Server, record};

/// The source of the request body.
#[derive(Clone, Copy, Debug)]
enum Payload {
    None,
    Whole,
    Streamed,
}

/// A request, and its redirect.
#[derive(Clone, Debug)]
struct Case {
    method: Method,
    payload: Payload,
    status: u16,
    /// The target. `PORT` is replaced by the server's port.
    location: &'static str,
}

impl Case {
    fn request(&self, server: &Server) -> Request {
        let mut request =
            reqwest::Client::new().request(self.method.clone(), server.url("/dir/old?a=1#first"));
        for (name, value) in [
            ("authorization", "Bearer secret"),
            ("cookie", "a=b"),
            ("content-type", "text/plain"),
            ("content-language", "en"),
            ("referer", "http://first/"),
        ] {
            request = request.header(name, value);
        }
        request = match self.payload {
            Payload::None => request,
            Payload::Whole => request.body("text"),
            Payload::Streamed => {
                let parts = [Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"text")))];
                request.body(Body::wrap(StreamBody::new(stream::iter(parts))))
            }
        };
        request.timeout(Duration::from_secs(60)).build().expect("a request")
    }

    /// Returns the received requests, and the status and URL of the response that the program
    /// receives.
    async fn arrived(
        &self,
        send: impl AsyncFnOnce(Request) -> Response,
    ) -> (Vec<Received>, u16, String) {
        let server = Server::start([]).await;
        let port = server.address().port().to_string();
        server.play([
            Answer::redirect(self.status, &self.location.replace("PORT", &port)),
            Answer::status(200, ""),
        ]);
        let answer = send(self.request(&server)).await;
        let requests = server
            .requests()
            .into_iter()
            .map(|request| request.with_port(server.address()).sorted());
        (requests.collect(), answer.status().as_u16(), answer.url().as_str().replace(&port, "PORT"))
    }

    /// Sends the request with reqwest alone and with our client, and compares.
    async fn check(self) {
        let bare = self
            .arrived(async |request| {
                reqwest::Client::new().execute(request).await.expect("an answer")
            })
            .await;
        let mut traced = None;
        record(&[], async {
            let client = client(Client::new());
            traced = Some(
                self.arrived(async |request| client.execute(request).await.expect("an answer"))
                    .await,
            );
        })
        .await;
        let (requests, status, url) = traced.expect("it ran");
        let requests: Vec<_> = requests.iter().map(Received::without_ours).collect();
        assert_eq!((requests, status, url), bare, "{self:?}");
    }
}

#[tokio::test]
async fn redirected_request_is_that_of_reqwest() {
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE] {
            for payload in [Payload::None, Payload::Whole, Payload::Streamed] {
                Case { method: method.clone(), payload, status, location: "/new?b=2#part" }
                    .check()
                    .await;
            }
        }
    }
}

#[tokio::test]
async fn location_is_resolved_as_by_reqwest() {
    for location in [
        "new",
        "?c=3",
        "../../up",
        "//127.0.0.1:PORT/",
        "http://user:secret@127.0.0.1:PORT/",
        "http://[",
        "",
    ] {
        for method in [Method::GET, Method::POST] {
            Case { method, payload: Payload::Whole, status: 307, location }.check().await;
        }
    }
}
