//! The number of names stays small for any requests.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::routing::{any, get, post};
use skywalking_runtime::testing::{self, Test};
use skywalking_runtime::{current, entry_span};
use skywalking_tower::ServerLayer;
use tower::{Layer as _, ServiceExt as _};

use super::{answer, routes};
use crate::http_server::harness;

/// The method and the path of a request.
type MethodAndPath = (&'static str, &'static str);

fn request((method, path): MethodAndPath) -> Request<Body> {
    let mut request = harness::get(path);
    *request.method_mut() = Method::from_bytes(method.as_bytes()).expect("a method");
    request
}

/// Returns the name of the span of a request.
async fn name(router: Router, asked: MethodAndPath) -> String {
    let trees = testing::run_async(answer(router, request(asked))).await;
    assert_eq!(trees.len(), 1);
    trees[0].root.name.clone()
}

async fn assert_names(router: &Router, cases: &[(MethodAndPath, &str)]) {
    for (asked, expected) in cases {
        assert_eq!(name(router.clone(), *asked).await, *expected, "{asked:?}");
    }
}

#[tokio::test]
async fn request_without_a_route_has_its_method_as_name() {
    let cases = [
        (("GET", "/nope/123"), "GET"),
        (("POST", "/wp-login.php?user=1"), "POST"),
        (("OPTIONS", "/any"), "OPTIONS"),
        (("BREW", "/any"), "HTTP"),
        (("get", "/any"), "HTTP"),
        (("QUERY", "/any"), "QUERY"),
    ];

    assert_names(&routes().layer(ServerLayer::new()), &cases).await;

    for status in [StatusCode::NOT_FOUND, StatusCode::OK, StatusCode::FORBIDDEN] {
        assert_names(
            &routes().fallback(move || async move { status }).layer(ServerLayer::new()),
            &cases,
        )
        .await;
    }
    let nested = Router::new().nest("/api", routes()).layer(ServerLayer::new());

    assert_names(
        &nested,
        &[(("GET", "/api/nope/123"), "GET"), (("GET", "/api/items/7"), "GET:/api/items/{id}")],
    )
    .await;
}

#[tokio::test]
async fn route_keeps_its_template_with_any_status() {
    let router = routes().route("/any", any(|| async {})).layer(ServerLayer::new());
    assert_names(
        &router,
        &[
            (("GET", "/missing"), "GET:/missing"),
            (("DELETE", "/items/7"), "DELETE:/items/{id}"),
            (("BREW", "/items/7"), "HTTP:/items/{id}"),
            (("BREW", "/any"), "HTTP:/any"),
        ],
    )
    .await;
}

#[tokio::test]
async fn grpc_content_type_on_a_route_creates_few_names() {
    let service = |routes: Router| {
        routes
            .route("/items/{id}/parts", post(|| async { "a page" }))
            .route("/files/{*path}", post(|| async { "a page" }))
            .route("/v1/refused/{*path}", post(|| async { StatusCode::FORBIDDEN }))
    };
    for (path, on_router, around) in [
        ("/items/7/parts", "/items/{id}/parts", "grpc/unknown"),
        ("/items/7", "/items/{id}", "grpc/unknown"),
        ("/files/a", "grpc/unknown", "grpc/unknown"),
        ("/files/a/b", "/files/{*path}", "grpc/unknown"),
        ("/v1/refused/a/b", "/v1/refused/{*path}", "/v1/refused/a/b"),
        ("/nope/7", "grpc/unknown", "grpc/unknown"),
    ] {
        let asked = || {
            let mut request = request(("POST", path));
            request
                .headers_mut()
                .insert("content-type", "application/grpc".parse().expect("a value"));
            request
        };
        let trees =
            testing::run_async(answer(service(routes()).layer(ServerLayer::new()), asked())).await;
        assert_eq!(trees[0].root.name, on_router, "{path}");
        let trees =
            testing::run_async(ServerLayer::new().layer(service(routes())).oneshot(asked())).await;
        assert_eq!(trees[0].root.name, around, "{path}");
    }
}

#[tokio::test]
async fn layer_around_a_router_renames_unmatched_requests() {
    let service = |asked: MethodAndPath| async move {
        let service = ServerLayer::new().layer(routes());
        let trees = testing::run_async(service.oneshot(request(asked))).await;
        trees[0].root.name.clone()
    };
    for (asked, expected) in [
        (("GET", "/nope/123"), "GET"),
        (("DELETE", "/items/7"), "DELETE"),
        (("BREW", "/items/7"), "HTTP"),
        (("GET", "/items/7"), "GET:/items/7"),
        (("GET", "/broken"), "GET:/broken"),
    ] {
        assert_eq!(service(asked).await, expected, "{asked:?}");
    }
}

#[tokio::test]
async fn name_set_by_the_program_is_kept() {
    #[entry_span(name = "/lookup")]
    async fn annotated() -> StatusCode {
        StatusCode::NOT_FOUND
    }
    async fn renamed() -> StatusCode {
        current().set_name("renamed");
        StatusCode::NOT_FOUND
    }

    for layer in [ServerLayer::new(), ServerLayer::new().name(|_| None)] {
        assert_names(
            &Router::new().fallback(annotated).layer(layer.clone()),
            &[(("GET", "/a"), "/lookup")],
        )
        .await;
        assert_names(
            &Router::new().fallback(renamed).layer(layer.clone()),
            &[(("GET", "/a"), "renamed")],
        )
        .await;
        for (router, expected) in [
            (Router::new().fallback(annotated), "/lookup"),
            (Router::new().fallback(renamed), "renamed"),
        ] {
            let trees =
                testing::run_async(layer.layer(router).oneshot(request(("GET", "/a")))).await;
            assert_eq!(trees[0].root.name, expected);
        }
    }
}

#[tokio::test]
async fn closure_names_requests_and_a_panic_in_it_does_not() {
    let layer = ServerLayer::new().name(|head| match head.uri.path() {
        "/panics" => panic!("the closure is broken"),
        "/blank" => Some(" ".to_owned()),
        path => path.strip_prefix("/files/").map(|_| format!("{}:/files", head.method)),
    });
    let router =
        Router::new().route("/items/{id}", get(|| async { "an item" })).layer(layer.clone());

    assert_names(
        &router,
        &[
            (("GET", "/files/a/b"), "GET:/files"),
            (("GET", "/items/7"), "GET:/items/{id}"),
            (("GET", "/nope"), "GET"),
            (("GET", "/panics"), "GET"),
            (("GET", "/blank"), "GET"),
        ],
    )
    .await;

    let trees =
        testing::run_async(layer.layer(Router::<()>::new()).oneshot(request(("GET", "/files/a"))))
            .await;

    assert_eq!(trees[0].root.name, "GET:/files");
}

#[tokio::test]
async fn request_without_a_route_is_sampled_by_its_path() {
    let router = routes().layer(ServerLayer::new());
    let trees = Test::new().sampler(|name| name == "GET:/nope/1").run_async(async {
        answer(router.clone(), request(("GET", "/nope/1"))).await;
        answer(router, request(("GET", "/nope/2"))).await;
    });
    let names: Vec<_> = trees.await.into_iter().map(|tree| tree.root.name).collect();

    assert_eq!(names, ["GET"]);
}

#[tokio::test]
async fn two_layers_create_one_name() {
    let router = routes().layer(ServerLayer::new());
    let trees =
        testing::run_async(ServerLayer::new().layer(router).oneshot(request(("GET", "/nope/1"))))
            .await;

    assert_eq!((trees.len(), trees[0].root.name.as_str()), (1, "GET"));
}
