//! Errors of services. axum's services have none.

use std::io;
use std::time::Duration;

use http::{Request, Response};
use skywalking_runtime::testing;
use skywalking_tower::ServerLayer;
use tower::timeout::TimeoutLayer;
use tower::{BoxError, ServiceBuilder, ServiceExt as _};

use super::Body;
use crate::http_server::harness::{self, Meeting};

#[derive(Debug, thiserror::Error)]
#[error("item {0} is not to be had")]
struct NotToBeHad(u32, #[source] io::Error);

const HEAD: &str = "Entry GET:/slow layer=Http component=49";
const TAGS: &str = "{http.method=GET, url=shop:8080/slow}";

#[tokio::test]
async fn error_is_logged_with_type_message_and_causes() {
    let service =
        ServiceBuilder::new().layer(ServerLayer::new()).service_fn(|_: Request<Body>| async {
            Err::<Response<Body>, _>(NotToBeHad(7, io::Error::other("the shelf is empty")))
        });
    let tree = harness::tree(async {
        let error = service.oneshot(harness::get("/slow")).await.expect_err("an error");
        assert_eq!(error.0, 7);
    });
    assert_eq!(
        tree.await,
        format!(
            "{HEAD} ERROR {TAGS} [event=error error.kind=integration::http_server::hyper::errors::NotToBeHad message=item 7 is not to be had \
             stack=item 7 is not to be had\\nCaused by: the shelf is empty]\n"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn timeout_inside_of_the_layer_is_a_boxed_error() {
    let service = ServiceBuilder::new()
        .layer(ServerLayer::new().boxed_errors())
        .layer(TimeoutLayer::new(Duration::from_secs(1)))
        .service_fn(|_: Request<Body>| {
            Meeting::default().forever::<Result<Response<Body>, BoxError>>()
        });
    let tree = harness::tree(async {
        let error = service.oneshot(harness::get("/slow")).await.expect_err("an error");
        assert!(error.is::<tower::timeout::error::Elapsed>());
    });
    assert_eq!(
        tree.await,
        format!(
            "{HEAD} ERROR {TAGS} [event=error error.kind=dyn core::error::Error message=request timed out]\n"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn timeout_outside_of_the_layer_cancels() {
    let service = ServiceBuilder::new()
        .layer(TimeoutLayer::new(Duration::from_secs(1)))
        .layer(ServerLayer::new().boxed_errors())
        .service_fn(|_: Request<Body>| {
            Meeting::default().forever::<Result<Response<Body>, BoxError>>()
        });
    let tree = harness::tree(async {
        assert!(service.oneshot(harness::get("/slow")).await.is_err());
    });

    assert_eq!(tree.await, format!("{HEAD} {TAGS} [event=cancelled]\n"));
}

#[tokio::test]
async fn panic_in_call_unwinds_and_is_an_error() {
    fn broken(_: Request<Body>) -> std::future::Ready<Result<Response<Body>, BoxError>> {
        panic!("the service is broken")
    }

    let service = ServiceBuilder::new().layer(ServerLayer::new().boxed_errors()).service_fn(broken);
    let tree = harness::tree(harness::panicking(service.oneshot(harness::get("/slow"))));

    assert_eq!(
        tree.await,
        format!(
            "{HEAD} ERROR {TAGS} [event=error error.kind=panic message=the service is broken]\n"
        )
    );
    assert!(testing::is_idle());
}

#[tokio::test]
async fn request_that_is_not_polled_is_cancelled() {
    let mut service = ServiceBuilder::new().layer(ServerLayer::new().boxed_errors()).service_fn(
        |_: Request<Body>| Meeting::default().forever::<Result<Response<Body>, BoxError>>(),
    );
    let tree = harness::tree(async {
        let service = service.ready().await.expect("a ready service");
        drop(tower::Service::call(service, harness::get("/slow")));
    });

    assert_eq!(tree.await, format!("{HEAD} {TAGS} [event=cancelled]\n"));
}
