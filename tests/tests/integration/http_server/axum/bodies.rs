//! Streaming bodies: which part is timed, and clients that stop reading.

use std::pin::pin;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use futures::{Stream, StreamExt as _};
use http_body_util::BodyExt as _;
use skywalking_runtime::entry_span;
use skywalking_tower::ServerLayer;

use super::{Body, answer, request, tree_of};
use crate::http_server::harness::{self, Script};

const HEAD: &str = "Entry GET:/stream layer=Http component=49 {http.method=GET, url=shop:8080/stream, http.status_code=200}";

fn streaming(script: fn() -> Script, layer: ServerLayer) -> Router {
    Router::new()
        .route("/stream", get(move || async move { Response::new(Body::new(script())) }))
        .layer(layer)
}

#[tokio::test]
async fn span_ends_with_the_head_by_default() {
    assert_eq!(
        tree_of(streaming(Script::of_two, ServerLayer::new()), request("/stream")).await,
        format!("{HEAD}\n")
    );
}

#[tokio::test]
async fn timed_body_is_part_of_the_span() {
    let tree =
        tree_of(streaming(Script::of_two, ServerLayer::new().time_bodies()), request("/stream"))
            .await;
    assert_eq!(tree, format!("{HEAD} [event=polled] [event=polled] [event=polled]\n"));
}

#[tokio::test]
async fn trailers_pass_and_end_a_timed_body() {
    let router =
        streaming(|| Script::with_trailers("checksum", "7"), ServerLayer::new().time_bodies());
    let tree = harness::tree(async {
        let response = answer(router, request("/stream")).await;
        let collected = response.into_body().collect().await.expect("a body");
        assert_eq!(
            collected.trailers().and_then(|trailers| trailers.get("checksum")).expect("a trailer"),
            "7"
        );
        assert_eq!(collected.to_bytes(), "one");
    });
    assert_eq!(tree.await, format!("{HEAD} [event=polled] [event=polled]\n"));
}

#[tokio::test]
async fn timed_body_that_is_dropped_half_way_is_cancelled() {
    let router = streaming(Script::stuck, ServerLayer::new().time_bodies());
    let tree = harness::tree(async {
        let mut body = answer(router, request("/stream")).await.into_body();
        let first = pin!(body.frame()).await.expect("a frame").expect("no error");
        assert_eq!(first.into_data().expect("data"), "one");
    });
    assert_eq!(tree.await, format!("{HEAD} [event=polled] [event=cancelled]\n"));
}

#[tokio::test]
async fn stream_that_merges_with_the_layer_is_cancelled_once() {
    #[entry_span(name = "/events", covers = stream)]
    fn events() -> impl Stream<Item = std::io::Result<&'static str>> + Send {
        futures::stream::iter([Ok("one")]).chain(futures::stream::pending())
    }
    let router = Router::new()
        .route("/stream", get(async || Response::new(Body::from_stream(events()))))
        .layer(ServerLayer::new().time_bodies());
    let tree = harness::tree(async {
        let mut body = answer(router, request("/stream")).await.into_body();
        pin!(body.frame()).await.expect("a frame").expect("no error");
    });
    assert_eq!(
        tree.await,
        format!(
            "{} [event=cancelled]\n",
            HEAD.replace("GET:/stream", "/events").replace("=200", "=200, items=1")
        )
    );
}

#[tokio::test]
async fn timed_body_of_a_disconnected_client_is_cancelled() {
    let router = streaming(Script::stuck, ServerLayer::new().time_bodies());
    let tree = harness::tree(async {
        let mut stream = harness::connect(router).await;
        harness::send(&mut stream, "/stream", "").await;
        harness::read_until(&mut stream, "one\r\n").await;
    });
    let head = HEAD.replace("component=49", "component=49 ref=CrossProcess");

    assert_eq!(
        tree.await,
        format!("Exit call peer=server:80\n  {head} [event=polled] [event=cancelled]\n")
    );
}

#[tokio::test]
async fn timed_body_that_fails_is_an_error() {
    let router = streaming(Script::broken, ServerLayer::new().time_bodies());
    let tree = harness::tree(async {
        let read = answer(router, request("/stream")).await.into_body().collect().await;
        assert_eq!(
            read.map(drop).map_err(|error| error.to_string()),
            Err("the disk is gone".to_owned())
        );
    });
    let head = HEAD.replace("component=49", "component=49 ERROR");

    assert_eq!(
        tree.await,
        format!(
            "{head} [event=polled] [event=polled] [event=error error.kind=axum_core::error::Error message=the disk is gone]\n"
        )
    );
}

#[tokio::test]
async fn timed_body_of_known_length_ends_with_its_last_byte() {
    let router = Router::new()
        .route("/whole", get(|| async { "a text" }))
        .route("/none", get(|| async {}))
        .layer(ServerLayer::new().time_bodies());
    for path in ["/whole", "/none"] {
        let tree = harness::tree(async {
            let mut stream = harness::connect(router.clone()).await;
            harness::send(&mut stream, path, "connection: close\r\n").await;
            harness::read_until(&mut stream, if path == "/whole" { "a text" } else { "\r\n\r\n" })
                .await;
        });
        assert_eq!(
            tree.await,
            format!(
                "Exit call peer=server:80\n  \
                   Entry GET:{path} layer=Http component=49 ref=CrossProcess {{http.method=GET, url=shop:8080{path}, http.status_code=200}}\n"
            )
        );
    }
}

#[tokio::test]
async fn timed_response_to_head_ends_with_its_head() {
    let router = streaming(Script::stuck, ServerLayer::new().time_bodies());
    let tree = harness::tree(async {
        let mut request = request("/stream");
        *request.method_mut() = axum::http::Method::HEAD;
        answer(router, request).await;
    });

    assert_eq!(tree.await, format!("{}\n", HEAD.replace("GET", "HEAD")));
}
