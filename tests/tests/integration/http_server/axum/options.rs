//! The options of the layer.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::HeaderValue;
use axum::routing::get;
use skywalking_runtime::testing::{self, Test};
use skywalking_runtime::{config::Inbound, local_span};
use skywalking_tower::ServerLayer;

use tower::ServiceBuilder;

use super::{answer, request, traced, tree_of};
use crate::http_server::harness::{self, SW8};

const ITEM: &str = "Entry GET:/items/{id} layer=Http component=49 {http.method=GET, url=shop:8080/items/7, http.status_code=200}\n";
const REFERRING: &str = "Entry GET:/items/{id} layer=Http component=49 ref=CrossProcess {http.method=GET, url=shop:8080/items/7, http.status_code=200}\n";

fn with_sw8(header: &'static str) -> axum::http::Request<super::Body> {
    let mut request = request("/items/7");
    request.headers_mut().insert("sw8", HeaderValue::from_static(header));
    request
}

#[tokio::test]
async fn trace_of_a_header_continues() {
    let trees = testing::run_async(answer(traced(ServerLayer::new()), with_sw8(SW8))).await;

    assert_eq!(testing::text(&trees), REFERRING);

    let (reference, trace) = (&trees[0].root.refs[0], &trees[0].trace_id);
    assert_eq!(
        (trace.as_str(), reference.segment_id.as_str(), reference.span_id),
        ("trace-1", "segment-1", 3)
    );
    assert_eq!((reference.endpoint.as_str(), reference.address.as_str()), ("/page1", "server:80"));
}

#[tokio::test]
async fn invalid_header_starts_a_trace() {
    for bad in [
        "",
        "rubbish",
        "1-dHJhY2UtMQ==-c2VnbWVudC0x-3-c2Vydmlj",
        "1-\u{20}-c2VnbWVudC0x-3-c2Vydmlj-aW5zdGFu-L3BhZ2Ux-c2VydmVyOjgw",
    ] {
        assert_eq!(tree_of(traced(ServerLayer::new()), with_sw8(bad)).await, ITEM, "{bad}");
    }
    let mut request = with_sw8(SW8);
    request.headers_mut().insert("sw8", HeaderValue::from_bytes(&[0xff, 0xfe]).expect("a value"));

    assert_eq!(tree_of(traced(ServerLayer::new()), request).await, ITEM);
}

#[tokio::test]
async fn ignored_header_or_panicking_closure_starts_a_trace() {
    let ignores = ServerLayer::new().inbound(|_| Inbound::Ignore);

    assert_eq!(tree_of(traced(ignores), with_sw8(SW8)).await, ITEM);

    let accepts = ServerLayer::new().inbound(|head| {
        if head.uri.path().starts_with("/items/") && head.method == "GET" {
            Inbound::Accept
        } else {
            Inbound::Ignore
        }
    });

    assert_eq!(tree_of(traced(accepts), with_sw8(SW8)).await, REFERRING);

    let panics = ServerLayer::new().inbound(|_| panic!("the closure is broken"));
    assert_eq!(tree_of(traced(panics), with_sw8(SW8)).await, ITEM);
}

#[tokio::test]
async fn ignored_request_is_answered_and_records_nothing() {
    for layer in [
        ServerLayer::new().ignore_paths(["/heal*"]),
        ServerLayer::new().ignore_paths(["/nothing"]).ignore_paths(["/a", "/health"]),
        ServerLayer::new()
            .ignore(|head| head.headers.contains_key("host") && head.uri.path() == "/health"),
    ] {
        let tree = harness::tree(async {
            let response =
                answer(traced(layer.trace_id_header("x-trace-id")), request("/health")).await;
            assert_eq!(
                (response.status().as_u16(), response.headers().get("x-trace-id")),
                (200, None)
            );
            assert_eq!(harness::read(response.into_body()).await, "");
        })
        .await;
        assert_eq!(tree, "");
        assert!(testing::is_idle());
    }
}

#[tokio::test]
async fn ignored_request_does_not_change_the_outer_span() {
    let layer = ServerLayer::new().ignore_paths(["/missing", "/panics"]);
    let tree = harness::tree(harness::inside(async {
        answer(traced(layer.clone()), request("/missing")).await;
        harness::panicking(answer(traced(layer), request("/panics"))).await;
    }))
    .await;

    assert_eq!(tree, "Local outside\n");
}

#[tokio::test]
async fn panicking_closures_fall_back_to_the_defaults() {
    let layer = ServerLayer::new()
        .ignore(|_| panic!("the closure is broken"))
        .is_error(|_| panic!("the rule is broken"));

    assert_eq!(tree_of(traced(layer.clone()), request("/items/7")).await, ITEM);
    assert_eq!(
        tree_of(traced(layer), request("/missing")).await,
        "Entry GET:/missing layer=Http component=49 ERROR {http.method=GET, url=shop:8080/missing, http.status_code=404}\n"
    );
}

#[tokio::test]
async fn error_statuses_can_be_configured() {
    let layer = ServerLayer::new().is_error(|status| status.is_server_error());

    assert_eq!(
        tree_of(traced(layer.clone()), request("/missing")).await,
        "Entry GET:/missing layer=Http component=49 {http.method=GET, url=shop:8080/missing, http.status_code=404}\n"
    );
    assert_eq!(
        tree_of(traced(layer), request("/broken")).await,
        "Entry GET:/broken layer=Http component=49 ERROR {http.method=GET, url=shop:8080/broken, http.status_code=503}\n"
    );
}

#[tokio::test]
async fn query_is_recorded_if_set_and_userinfo_never() {
    let layer = ServerLayer::new().url_with_query();
    let mut request = request("/items/7");
    *request.uri_mut() = "http://user:password@shop:8080/items/7?token=x".parse().expect("a URI");

    assert_eq!(
        tree_of(traced(layer), request).await,
        "Entry GET:/items/{id} layer=Http component=49 \
         {http.method=GET, url=http://shop:8080/items/7?token=x, http.status_code=200}\n"
    );
}

// Feature: trace id in the response
#[tokio::test]
async fn response_has_the_trace_id_if_set_sampled_or_not() {
    let layer = ServerLayer::new().trace_id_header("x-trace-id");
    let mut id_header = None;
    let trees = testing::run_async(async {
        let response = answer(traced(layer.clone()), request("/items/7")).await;
        id_header = response.headers().get("x-trace-id").cloned();
    })
    .await;

    assert_eq!(
        id_header.as_ref().and_then(|id| id.to_str().ok()),
        Some(trees[0].trace_id.as_str())
    );

    let unsampled = Test::new().sampler(|_| false).run_async(async {
        let response = answer(traced(layer.clone()), request("/items/7")).await;
        assert!(response.headers().get("x-trace-id").is_some_and(|id| !id.is_empty()));
    });

    assert_eq!(unsampled.await, []);
}

#[tokio::test]
async fn invalid_header_name_sets_no_trace_id() {
    let layer = ServerLayer::new().trace_id_header("no header");
    let tree = harness::tree(async {
        let response = answer(traced(layer), request("/items/7")).await;
        assert_eq!(response.headers().len(), 2, "{:?}", response.headers());
    });
    assert_eq!(tree.await, ITEM);
}

#[tokio::test]
async fn peer_is_the_known_address_of_the_caller() {
    let address = SocketAddr::from((Ipv4Addr::new(10, 0, 0, 7), 4711));
    let expected =
        ITEM.replace(" {", " peer=10.0.0.7:4711 {").replace("GET:/items peer", "GET:/items");
    let mut connected = request("/items/7");
    connected.extensions_mut().insert(ConnectInfo(address));
    assert_eq!(tree_of(traced(ServerLayer::new()), connected).await, expected);
    let mut known = request("/items/7");
    known.extensions_mut().insert(address);
    assert_eq!(tree_of(traced(ServerLayer::new()), known).await, expected);

    let forwarded = ServerLayer::new()
        .peer(|head| head.headers.get("x-forwarded-for")?.to_str().ok()?.parse().ok());
    let mut request = request("/items/7");
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("10.0.0.7:4711"));
    assert_eq!(tree_of(traced(forwarded), request).await, expected);
    let panics = ServerLayer::new().peer(|_| panic!("the closure is broken"));
    assert_eq!(tree_of(traced(panics), super::request("/items/7")).await, ITEM);
}

#[tokio::test]
async fn nested_router_uses_the_path_that_was_sent() {
    let users = Router::new()
        .route("/users/{id}", get(|| async {}))
        .layer(ServerLayer::new().ignore_paths(["/api/users/8"]));
    let files = ServiceBuilder::new().layer(ServerLayer::new()).service(Router::<()>::new());
    let router = Router::new().nest("/api", users).nest_service("/files", files);
    let tags = "{http.method=GET, url=shop:8080";

    assert_eq!(
        tree_of(router.clone(), request("/api/users/7")).await,
        format!(
            "Entry GET:/api/users/{{id}} layer=Http component=49 {tags}/api/users/7, http.status_code=200}}\n"
        )
    );
    assert_eq!(tree_of(router.clone(), request("/api/users/8")).await, "");
    assert_eq!(
        tree_of(router, request("/files/a")).await,
        format!("Entry GET layer=Http component=49 ERROR {tags}/files/a, http.status_code=404}}\n")
    );
}

#[tokio::test]
async fn closures_are_not_recorded() {
    #[local_span]
    fn asked<T>(answer: T) -> T {
        harness::annotated();
        answer
    }

    let layer = ServerLayer::new()
        .ignore(|_| asked(false))
        .inbound(|_| asked(Inbound::Accept))
        .name(|_| asked(None))
        .peer(|_| asked(None))
        .is_error(|_| asked(false));

    assert_eq!(tree_of(traced(layer.clone()), with_sw8(SW8)).await, REFERRING);

    let tree = harness::tree(harness::inside(async {
        answer(traced(layer), with_sw8(SW8)).await;
    }));

    assert_eq!(tree.await.lines().count(), 2);
}
