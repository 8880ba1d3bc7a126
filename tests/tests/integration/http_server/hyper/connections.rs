//! Tests that need a connection: upgrades, and disconnected clients.

use std::convert::Infallible;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use skywalking_tower::ServerLayer;
use tokio::io::AsyncReadExt as _;

use super::{Body, over_socket, traced};
use crate::http_server::harness::{self, Meeting, Script};

const HEAD: &str =
    "Exit call peer=server:80\n  Entry GET:/slow layer=Http component=49 ref=CrossProcess";
const TAGS: &str = "{http.method=GET, url=shop:8080/slow";

/// Upgrades to a protocol that echoes.
async fn upgrade(request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    harness::echo_after_upgrade(request);
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header("connection", "upgrade")
        .header("upgrade", "echo");
    Ok(response.body(Body::default()).expect("a response"))
}

#[tokio::test]
async fn upgrade_ends_the_span_and_keeps_the_connection() {
    for layer in [ServerLayer::new(), ServerLayer::new().time_bodies()] {
        let tree = harness::tree(harness::upgrade_and_talk(traced(layer, upgrade), "/slow"));
        assert_eq!(tree.await, format!("{HEAD} {TAGS}, http.status_code=101}}\n"));
    }
}

#[tokio::test]
async fn disconnected_client_cancels() {
    let started = Meeting::default();
    let service = {
        let started = started.clone();
        traced(ServerLayer::new(), move |_| {
            started.clone().forever::<Result<Response<Body>, Infallible>>()
        })
    };
    let tree = harness::tree(async {
        let mut stream = harness::connect(service).await;
        harness::send(&mut stream, "/slow", "").await;
        started.wait().await;
    });

    assert_eq!(tree.await, format!("{HEAD} {TAGS}}} [event=cancelled]\n"));
}

#[tokio::test]
async fn streaming_body_is_timed_only_if_set() {
    for (layer, logs) in [
        (ServerLayer::new(), ""),
        (ServerLayer::new().time_bodies(), " [event=polled] [event=polled] [event=polled]"),
    ] {
        let service = traced(layer, |_| async { Ok(Response::new(Script::of_two())) });
        let (tree, head) = over_socket(service, "/slow", "connection: close\r\n").await;
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        assert_eq!(tree, format!("{HEAD} {TAGS}, http.status_code=200}}{logs}\n"));
    }
}

#[tokio::test]
async fn timed_body_of_a_disconnected_client_is_cancelled() {
    let service =
        traced(ServerLayer::new().time_bodies(), |_| async { Ok(Response::new(Script::stuck())) });
    let tree = harness::tree(async {
        let mut stream = harness::connect(service).await;
        harness::send(&mut stream, "/slow", "").await;
        harness::read_until(&mut stream, "one\r\n").await;
    });

    assert_eq!(
        tree.await,
        format!("{HEAD} {TAGS}, http.status_code=200}} [event=polled] [event=cancelled]\n")
    );
}

#[tokio::test]
async fn panic_in_the_handler_is_an_error_and_ends_the_connection() {
    let service = traced(ServerLayer::new(), |request: Request<Incoming>| async move {
        assert!(request.uri().path() != "/slow", "the handler is broken");
        Ok(Response::new(Body::default()))
    });
    let tree = harness::tree(async {
        let mut stream = harness::connect(service).await;
        harness::send(&mut stream, "/slow", "").await;
        assert!(stream.read_u8().await.is_err());
    });

    assert_eq!(
        tree.await,
        format!(
            "{HEAD} ERROR {TAGS}}} [event=error error.kind=panic message=the handler is broken]\n"
        )
    );
}
