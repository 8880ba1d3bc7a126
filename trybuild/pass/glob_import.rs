//! A glob import of the runtime, beside the crates whose types its integrations use.

use http::{Request, Response};
use skywalking_runtime::*;
use tower::{Layer as _, ServiceExt as _, service_fn};

use skywalking_trybuild::{block_on, spans};

type Answer = Result<http::Response<String>, std::io::Error>;

#[entry_span(name = "/items")]
async fn answer(request: Request<String>) -> Answer {
    current().tag("size", request.into_body().len());
    Ok(Response::new(http::StatusCode::OK.to_string()))
}

#[test]
fn does_not_shadow_other_crates() {
    let service = skywalking_tower::ServerLayer::new().layer(service_fn(answer));
    spans(|| {
        block_on(service.oneshot(http::Request::new("tea".to_owned())))
            .map(drop)
            .expect("an answer")
    })
    .are(
        "
        Entry /items layer=Http component=49 {http.method=GET, url=/, size=3, http.status_code=200}
        ",
    );
    let built: fn() -> tower::ServiceBuilder<tower::layer::util::Identity> =
        tower::ServiceBuilder::new;
    let _ = built();
}

/// Glob imports of all three crates, in one scope.
mod beside_other_globs {
    use http::*;
    use skywalking_runtime::*;
    use tower::*;

    #[exit_span(name = "/stock", peer = "stock:8080", layer = http, inject = request.headers_mut())]
    async fn send(request: &mut Request<()>) -> StatusCode {
        let _method: &Method = request.method();
        current().set_layer(SpanLayer::Http);
        StatusCode::OK
    }

    #[test]
    fn names_are_unambiguous() {
        let _layered = ServiceBuilder::new().layer(skywalking_tower::ClientLayer::new());
        let mut request = Request::new(());
        skywalking_trybuild::spans(|| {
            let status = skywalking_trybuild::block_on(send(&mut request));
            assert_eq!(status, StatusCode::OK);
        })
        .are("Exit /stock layer=Http peer=stock:8080");
        assert!(request.headers().contains_key("sw8"));
    }
}
