//! Statuses and options.

use http::HeaderValue;
use skywalking_runtime::{config::Inbound, testing};
use skywalking_tower::ServerLayer;
use tower::{ServiceBuilder, ServiceExt as _};

use super::{Body, by_path, over_socket, traced};
use crate::http_server::harness::{self, SW8};

/// Returns the tree of a request with a ref to its caller.
fn entry(path: &str, rest: &str) -> String {
    let colon = if path.is_empty() { "" } else { ":" };
    format!(
        "Exit call peer=server:80\n  Entry GET{colon}{path} layer=Http component=49 ref=CrossProcess{rest}\n"
    )
}

#[tokio::test]
async fn status_is_recorded_and_from_400_is_an_error() {
    for (path, error) in
        [("/200", ""), ("/204", ""), ("/302", ""), ("/404", " ERROR"), ("/503", " ERROR")]
    {
        let (tree, head) =
            over_socket(traced(ServerLayer::new(), by_path), &format!("{path}?q=1"), "").await;
        let code = &path[1..];
        assert!(head.starts_with(&format!("HTTP/1.1 {code} ")), "{head}");
        let name = if code == "404" { "" } else { path };
        assert_eq!(
            tree,
            entry(
                name,
                &format!(
                    "{error} {{http.method=GET, url=shop:8080{path}, http.status_code={code}}}"
                )
            )
        );
    }
}

#[tokio::test]
async fn unmatched_path_is_not_a_name() {
    let service = ServiceBuilder::new().layer(ServerLayer::new()).service_fn(by_path);
    for (path, expected) in [
        ("/404", "GET"),
        ("/405", "GET"),
        ("/410", "GET:/410"),
        ("/500", "GET:/500"),
        ("/200", "GET:/200"),
    ] {
        let trees = testing::run_async(service.clone().oneshot(harness::get::<Body>(path))).await;
        assert_eq!(trees[0].root.name, expected);
    }
}

#[tokio::test]
async fn timed_bodies_of_each_status_end_with_the_sent_part() {
    for path in ["/200", "/204", "/304"] {
        let (tree, _) = over_socket(
            traced(ServerLayer::new().time_bodies(), by_path),
            path,
            "connection: close\r\n",
        )
        .await;
        assert_eq!(
            tree,
            entry(
                path,
                &format!(
                    " {{http.method=GET, url=shop:8080{path}, http.status_code={}}}",
                    &path[1..]
                )
            )
        );
    }
}

#[tokio::test]
async fn ignored_path_is_answered_and_records_nothing() {
    let (tree, head) = over_socket(
        traced(ServerLayer::new().ignore_paths(["/*.ico"]), by_path),
        "/favicon.ico",
        "",
    )
    .await;
    assert_eq!(
        (tree.as_str(), head.starts_with("HTTP/1.1 200 OK")),
        ("Exit call peer=server:80\n", true)
    );
}

#[tokio::test]
async fn trace_id_is_the_only_new_header_of_the_response() {
    let plain = over_socket(tower::service_fn(by_path), "/200", "").await.1;
    let (_, head) =
        over_socket(traced(ServerLayer::new().trace_id_header("x-trace-id"), by_path), "/200", "")
            .await;
    let is_id = |line: &&str| {
        line.strip_prefix("x-trace-id: ").is_some_and(|id| id.split('.').count() == 3)
    };

    assert_eq!(head.lines().filter(is_id).count(), 1, "{head}");

    let others = |head: &str| {
        head.lines()
            .filter(|line| !is_id(line) && !line.starts_with("date"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };

    assert_eq!(others(&head), others(&plain));
}

#[tokio::test]
async fn only_a_valid_accepted_header_continues_the_trace() {
    let ignoring = ServerLayer::new().inbound(|_| Inbound::Ignore);
    for (layer, header, reference) in [
        (ServerLayer::new(), "rubbish", ""),
        (ignoring, SW8, ""),
        (ServerLayer::new(), SW8, " ref=CrossProcess"),
    ] {
        let mut request = harness::get::<Body>("/200");
        request.headers_mut().insert("sw8", HeaderValue::from_static(header));
        let service = ServiceBuilder::new().layer(layer).service_fn(by_path);
        assert_eq!(
            harness::tree(service.oneshot(request)).await,
            format!(
                "Entry GET:/200 layer=Http component=49{reference} {{http.method=GET, url=shop:8080/200, http.status_code=200}}\n"
            )
        );
    }
}
