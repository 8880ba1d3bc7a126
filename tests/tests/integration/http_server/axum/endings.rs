//! The outcomes of a request.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::http::{Request, StatusCode};
use axum::response::Redirect;
use axum::routing::get;
use skywalking_runtime::{current, entry_span, testing};
use skywalking_tower::ServerLayer;
use tower::ServiceBuilder;
use tower::timeout::TimeoutLayer;

use super::{answer, request, routes, traced, tree_of};
use crate::http_server::harness::{self, Meeting};

// Feature: semantic tags
#[tokio::test]
async fn successful_request_is_named_by_its_route() {
    let tree = tree_of(traced(ServerLayer::new()), request("/items/7?token=secret")).await;
    assert_eq!(
        tree,
        "Entry GET:/items/{id} layer=Http component=49 {http.method=GET, url=shop:8080/items/7, http.status_code=200}\n"
    );
}

#[tokio::test]
async fn status_4xx_is_an_error() {
    let tree = tree_of(traced(ServerLayer::new()), request("/missing")).await;
    assert_eq!(
        tree,
        "Entry GET:/missing layer=Http component=49 ERROR {http.method=GET, url=shop:8080/missing, http.status_code=404}\n"
    );
}

#[tokio::test]
async fn request_without_a_route_has_its_path_only_in_the_url() {
    let router = routes().fallback(|| async { StatusCode::NOT_FOUND }).layer(ServerLayer::new());
    let tree = tree_of(router, request("/a/b?c=d")).await;

    assert_eq!(
        tree,
        "Entry GET layer=Http component=49 ERROR {http.method=GET, url=shop:8080/a/b, http.status_code=404}\n"
    );
}

#[tokio::test]
async fn redirect_is_not_an_error() {
    let router = Router::new()
        .route("/old", get(|| async { Redirect::to("/new") }))
        .layer(ServerLayer::new().time_bodies());
    let tree = tree_of(router, request("/old")).await;

    assert_eq!(
        tree,
        "Entry GET:/old layer=Http component=49 {http.method=GET, url=shop:8080/old, http.status_code=303}\n"
    );
}

#[tokio::test]
async fn upgrade_ends_the_span_and_keeps_the_connection() {
    async fn upgrade(request: Request<Body>) -> (StatusCode, [(&'static str, &'static str); 2]) {
        harness::echo_after_upgrade(request);
        (StatusCode::SWITCHING_PROTOCOLS, [("connection", "upgrade"), ("upgrade", "echo")])
    }
    for layer in [ServerLayer::new(), ServerLayer::new().time_bodies()] {
        let tree = harness::tree(harness::upgrade_and_talk(
            Router::new().route("/echo", get(upgrade)).layer(layer),
            "/echo",
        ));
        assert_eq!(
            tree.await,
            "Exit call peer=server:80\n  \
               Entry GET:/echo layer=Http component=49 ref=CrossProcess {http.method=GET, url=shop:8080/echo, http.status_code=101}\n"
        );
    }
}

#[tokio::test]
async fn status_5xx_is_an_error() {
    let tree = tree_of(traced(ServerLayer::new()), request("/broken")).await;
    assert_eq!(
        tree,
        "Entry GET:/broken layer=Http component=49 ERROR {http.method=GET, url=shop:8080/broken, http.status_code=503}\n"
    );
}

#[tokio::test(start_paused = true)]
async fn timeout_inside_of_the_layer_has_its_status() {
    let inside = ServiceBuilder::new()
        .layer(ServerLayer::new())
        .layer(HandleErrorLayer::new(|_| async { StatusCode::GATEWAY_TIMEOUT }))
        .layer(TimeoutLayer::new(Duration::from_secs(1)));
    let router =
        Router::new().route("/slow", get(|| Meeting::default().forever::<()>())).layer(inside);

    assert_eq!(
        tree_of(router, request("/slow")).await,
        "Entry GET:/slow layer=Http component=49 ERROR {http.method=GET, url=shop:8080/slow, http.status_code=504}\n"
    );
}

#[tokio::test(start_paused = true)]
async fn timeout_outside_of_the_layer_cancels_without_an_error() {
    let router = Router::new()
        .route("/slow", get(|| Meeting::default().forever::<()>()))
        .layer(ServerLayer::new());
    let tree = harness::tree(tokio::time::timeout(
        Duration::from_secs(1),
        answer(router, request("/slow")),
    ))
    .await;

    assert_eq!(
        tree,
        "Entry GET:/slow layer=Http component=49 {http.method=GET, url=shop:8080/slow} [event=cancelled]\n"
    );
}

#[tokio::test]
async fn disconnected_client_cancels_without_an_error() {
    let started = Meeting::default();
    let handler = {
        let started = started.clone();
        || started.forever::<()>()
    };
    let router = Router::new().route("/slow", get(handler)).layer(ServerLayer::new());
    let tree = harness::tree(async {
        let mut stream = harness::connect(router).await;
        harness::send(&mut stream, "/slow", "").await;
        started.wait().await;
    })
    .await;

    assert_eq!(
        tree,
        "Exit call peer=server:80\n  \
           Entry GET:/slow layer=Http component=49 ref=CrossProcess {http.method=GET, url=shop:8080/slow} [event=cancelled]\n"
    );
}

#[tokio::test]
async fn open_spans_of_a_cancelled_handler_are_children() {
    let started = Meeting::default();
    let handler = {
        let started = started.clone();
        || harness::waiting(started)
    };
    let router = Router::new().route("/slow", get(handler)).layer(ServerLayer::new());
    let tree = harness::tree(harness::cancelled(&started, answer(router, request("/slow")))).await;

    assert_eq!(
        tree,
        "Entry GET:/slow layer=Http component=49 {http.method=GET, url=shop:8080/slow} [event=cancelled]\n  \
           Local waiting [event=cancelled]\n    \
             Local dropped\n"
    );
    assert!(testing::is_idle());
}

#[tokio::test]
async fn handler_that_merges_with_the_layer_is_cancelled_once() {
    #[entry_span(name = "/wait")]
    async fn wait(started: Meeting) {
        started.forever::<()>().await;
    }

    let started = Meeting::default();
    let handler = {
        let started = started.clone();
        || wait(started)
    };
    let router = Router::new().route("/slow", get(handler)).layer(ServerLayer::new());
    let tree = harness::tree(harness::cancelled(&started, answer(router, request("/slow")))).await;

    assert_eq!(
        tree,
        "Entry /wait layer=Http component=49 {http.method=GET, url=shop:8080/slow} [event=cancelled]\n"
    );
    assert!(testing::is_idle());
}

#[tokio::test]
async fn panic_in_the_handler_unwinds_and_is_an_error() {
    let tree =
        harness::tree(harness::panicking(answer(traced(ServerLayer::new()), request("/panics"))))
            .await;

    assert_eq!(
        tree,
        "Entry GET:/panics layer=Http component=49 ERROR {http.method=GET, url=shop:8080/panics} \
         [event=error error.kind=panic message=the handler is broken]\n"
    );
    assert!(testing::is_idle());
}

#[tokio::test]
async fn annotated_handler_merges_with_the_layer_and_names_it() {
    #[entry_span(name = "/buy", tags("kind" = "annotated"))]
    async fn buy() -> StatusCode {
        harness::annotated();
        current().tag("late", 1);
        StatusCode::PAYMENT_REQUIRED
    }

    let router = Router::new().route("/cart/{id}", get(buy)).layer(ServerLayer::new());

    assert_eq!(
        tree_of(router, request("/cart/7")).await,
        "Entry /buy layer=Http component=49 ERROR \
         {http.method=GET, url=shop:8080/cart/7, kind=annotated, late=1, http.status_code=402}\n  \
           Local annotated\n"
    );
}
