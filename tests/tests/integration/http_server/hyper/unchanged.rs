//! The service receives the request unchanged, with and without a socket.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use skywalking_tower::ServerLayer;
use tokio::io::AsyncWriteExt as _;
use tower::{Layer as _, service_fn};

use super::Body;
use crate::http_server::harness::{self, SW8};

#[tokio::test]
async fn request_reaches_the_service_unchanged() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let service = {
        let seen = Arc::clone(&seen);
        service_fn(move |request: Request<Incoming>| {
            let seen = Arc::clone(&seen);
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await.expect("a body").to_bytes();
                let text = format!(
                    "{} {} {:?} {:?} {body:?}",
                    head.method, head.uri, head.version, head.headers
                );
                seen.lock().expect("nobody panics here").push(text);
                Ok::<_, Infallible>(Response::new(Body::from("an answer")))
            }
        })
    };
    let sent = format!(
        "GET /any/thing?q=%20&r HTTP/1.1\r\nhost: shop\r\nsw8: {SW8}\r\nsw8-correlation: aw==:dg==\r\nsw8-x: 0- \r\nx: 1\r\nX: 2\r\nconnection: close\r\n\r\n"
    );
    harness::tree(async {
        let mut traced =
            harness::connect(ServerLayer::new().time_bodies().layer(service.clone())).await;
        let mut plain = harness::connect(service).await;
        for stream in [&mut traced, &mut plain] {
            stream.write_all(sent.as_bytes()).await.expect("it is sent");
            harness::read_until(stream, "\r\n\r\n").await;
        }
    })
    .await;
    let seen = seen.lock().expect("nobody panics here");
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].contains("/any/thing?q=%20&r") && seen[0].contains(SW8), "{}", seen[0]);
}
