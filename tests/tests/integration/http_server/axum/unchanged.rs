//! The handler receives the request unchanged, and the client the response.

use axum::Router;
use axum::http::{HeaderMap, Method, Request, Version};
use axum::response::Response;
use axum::routing::any;
use skywalking_tower::ServerLayer;

use super::{Body, answer};
use crate::http_server::harness::{self, SW8};

/// An extension of a request.
#[derive(Clone, Debug, PartialEq)]
struct Marked(u32);

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
        .collect()
}

#[tokio::test]
async fn requests_and_responses_pass_unchanged() {
    let sent = headers(&[
        ("host", "shop:8080"),
        ("sw8", SW8),
        ("sw8-correlation", "aw==:dg=="),
        ("sw8-x", "0- "),
        ("x", "1"),
        ("x", "2"),
    ]);
    let given = headers(&[
        ("sw8", "a"),
        ("x-trace-id", "mine"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ]);
    for (layer, new_headers) in [
        (ServerLayer::new(), 0),
        (ServerLayer::new().time_bodies().trace_id_header("x-trace-id"), 1),
    ] {
        let (wanted, given_too) = (sent.clone(), given.clone());
        let handler = move |request: Request<Body>| async move {
            assert_eq!((request.method(), request.version()), (&Method::POST, Version::HTTP_2));
            assert_eq!(request.uri(), "https://shop:8080/any/thing?q=%20&r");
            assert_eq!(request.headers(), &wanted);
            assert_eq!(request.extensions().get(), Some(&Marked(7)));
            assert_eq!(harness::read(request.into_body()).await, "the body");
            let mut response = Response::new(Body::from("the answer"));
            *response.status_mut() = axum::http::StatusCode::IM_A_TEAPOT;
            *response.version_mut() = Version::HTTP_2;
            *response.headers_mut() = given_too;
            response.extensions_mut().insert(Marked(8));
            response
        };
        let router = Router::new().route("/any/{rest}", any(handler)).layer(layer);
        let mut request = Request::new(Body::from("the body"));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = "https://shop:8080/any/thing?q=%20&r".parse().expect("a URI");
        *request.headers_mut() = sent.clone();
        request.extensions_mut().insert(Marked(7));
        let tree = harness::tree(async {
            let mut response = answer(router, request).await;
            assert_eq!((response.status().as_u16(), response.version()), (418, Version::HTTP_2));
            assert_eq!(response.extensions().get(), Some(&Marked(8)));
            let mut expected = given.clone();
            // axum sets the length of the body.
            expected.insert("content-length", "10".parse().expect("a value"));
            if new_headers == 1 {
                assert_eq!(
                    response
                        .headers_mut()
                        .insert("x-trace-id", "mine".parse().expect("a value"))
                        .expect("an id"),
                    "trace-1"
                );
            }
            assert_eq!(response.headers(), &expected);
            assert_eq!(harness::read(response.into_body()).await, "the answer");
        });
        assert_eq!(
            tree.await,
            "Entry POST:/any/{rest} layer=Http component=49 ref=CrossProcess ERROR \
             {http.method=POST, url=https://shop:8080/any/thing, http.status_code=418}\n"
        );
    }
}
