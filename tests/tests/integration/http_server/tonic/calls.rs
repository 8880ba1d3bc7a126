//! The outcomes of a call.

use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use skywalking_runtime::testing::{self, Test};
use skywalking_runtime::{config::Inbound, current, entry_span};
use skywalking_tower::{Server, ServerLayer};
use tonic::{Code, Status};
use tower::{Layer as _, ServiceBuilder};

use super::service::{Client, Stock};
use crate::http_server::harness::{self, SW8};

const CHECK: &str = "/test.Stock/Check";

fn client(layer: &ServerLayer, stock: &Stock) -> Client<Server<Stock>> {
    Client(tonic::client::Grpc::new(layer.layer(stock.clone())))
}

fn traced() -> Client<Server<Stock>> {
    client(&ServerLayer::new(), &Stock::default())
}

#[tokio::test]
async fn successful_call_is_ok() {
    let tree = harness::tree(async {
        assert_eq!(
            traced().unary(CHECK, "tea").await.expect("an answer").get_ref(),
            "tea is there"
        );
    });
    assert_eq!(
        tree.await,
        "Entry /test.Stock/Check layer=RPCFramework component=23 {rpc.status_code=OK}\n  Local annotated\n"
    );
}

#[tokio::test]
async fn status_in_the_head_is_recorded() {
    let tree = harness::tree(async {
        let status = traced().unary(CHECK, "").await.expect_err("a status");
        assert_eq!(
            (status.code(), status.message()),
            (Code::InvalidArgument, "an item has a name")
        );
    });
    assert_eq!(
        tree.await,
        "Entry /test.Stock/Check layer=RPCFramework component=23 ERROR {rpc.status_code=INVALID_ARGUMENT} \
         [event=error error.kind=INVALID_ARGUMENT message=an item has a name]\n  Local annotated\n"
    );
}

#[tokio::test]
async fn unknown_method_is_an_error_without_its_own_name() {
    let tree = harness::tree(async {
        assert_eq!(
            traced()
                .unary("/test.Stock/Buy", "tea")
                .await
                .map_err(|status| status.code())
                .map(drop),
            Err(Code::Unimplemented)
        );
    });
    assert_eq!(
        tree.await,
        "Entry grpc/unknown layer=RPCFramework component=23 ERROR {url=/test.Stock/Buy, rpc.status_code=UNIMPLEMENTED} \
         [event=error error.kind=UNIMPLEMENTED message=no such method]\n"
    );
}

async fn messages(item: &str) -> Vec<Result<String, Code>> {
    let stream = traced().streaming(item).await.expect("a stream");
    stream.map(|message| message.map_err(|status| status.code())).collect().await
}

#[tokio::test]
async fn stream_is_one_span_with_its_children() {
    let tree = harness::tree(async {
        assert_eq!(messages("tea").await, [Ok("tea came".to_owned()), Ok("tea went".to_owned())]);
    });
    assert_eq!(
        tree.await,
        "Entry /test.Stock/Watch layer=RPCFramework component=23 {rpc.status_code=OK}\n  Local annotated\n  Local annotated\n"
    );
}

#[tokio::test]
async fn status_in_the_trailers_is_recorded() {
    let tree = harness::tree(async {
        assert_eq!(messages("lost").await, [Ok("lost came".to_owned()), Err(Code::DataLoss)]);
    });
    assert_eq!(
        tree.await,
        "Entry /test.Stock/Watch layer=RPCFramework component=23 ERROR {rpc.status_code=DATA_LOSS} \
         [event=error error.kind=DATA_LOSS message=the list is gone]\n  Local annotated\n  Local annotated\n"
    );
}

#[tokio::test]
async fn stream_that_is_dropped_half_way_is_cancelled() {
    let tree = harness::tree(async {
        let mut stream = traced().streaming("slow").await.expect("a stream");
        assert_eq!(stream.next().await.expect("a message").expect("no status"), "slow came");
    });
    assert_eq!(
        tree.await,
        "Entry /test.Stock/Watch layer=RPCFramework component=23 [event=cancelled]\n  Local annotated\n"
    );
}

#[tokio::test]
async fn cancelled_call_is_not_an_error() {
    let stock = Stock::default();
    let tree = harness::tree(async {
        let mut client = client(&ServerLayer::new(), &stock);
        harness::cancelled(&stock.started, client.unary("/test.Stock/Wait", "tea")).await;
    });

    assert_eq!(
        tree.await,
        "Entry /test.Stock/Wait layer=RPCFramework component=23 [event=cancelled]\n"
    );
    assert!(testing::is_idle());
}

#[tokio::test]
async fn panic_unwinds_and_is_an_error() {
    let tree = harness::tree(async {
        harness::panicking(traced().unary(CHECK, "panic")).await;
    });

    assert_eq!(
        tree.await,
        "Entry /test.Stock/Check layer=RPCFramework component=23 ERROR \
         [event=error error.kind=panic message=the handler is broken]\n  Local annotated\n"
    );
    assert!(testing::is_idle());
}

#[tokio::test]
async fn ignored_method_records_nothing() {
    let tree = harness::tree(async {
        let layer = ServerLayer::new().ignore_paths(["/test.Stock/*"]);
        assert!(client(&layer, &Stock::default()).unary(CHECK, "tea").await.is_ok());
    });
    assert_eq!(tree.await, "");
}

#[tokio::test]
async fn metadata_has_the_trace_id_if_set() {
    let layer = ServerLayer::new().trace_id_header("x-trace-id");
    let mut ids = Vec::new();
    let trees = testing::run_async(async {
        for item in ["tea", ""] {
            let answer = client(&layer, &Stock::default()).unary(CHECK, item).await;
            let metadata = answer.map_or_else(
                |status| status.metadata().clone(),
                |response| response.metadata().clone(),
            );
            ids.push(metadata.get("x-trace-id").expect("an id").to_str().expect("text").to_owned());
        }
    })
    .await;

    assert_eq!(ids, trees.iter().map(|tree| tree.trace_id.clone()).collect::<Vec<_>>());
}

/// Makes a call with `header` in its metadata.
async fn with_sw8(layer: ServerLayer, header: &'static str) -> String {
    let service = ServiceBuilder::new()
        .map_request(|mut request: http::Request<tonic::body::Body>| {
            request.headers_mut().insert("sw8", http::HeaderValue::from_static(header));
            request
        })
        .layer(layer)
        .service(Stock::default());
    harness::tree(async {
        let answer =
            Client(tonic::client::Grpc::new(service)).unary(CHECK, "tea").await.expect("an answer");
        assert_eq!(answer.metadata().get("sw8").expect("the handler's"), header);
    })
    .await
}

#[tokio::test]
async fn valid_header_continues_and_others_start_a_trace() {
    let own = "Entry /test.Stock/Check layer=RPCFramework component=23 {rpc.status_code=OK}\n  Local annotated\n";

    assert_eq!(with_sw8(ServerLayer::new(), SW8).await, own.replace(" {", " ref=CrossProcess {"));
    assert_eq!(with_sw8(ServerLayer::new(), "rubbish").await, own);
    assert_eq!(with_sw8(ServerLayer::new().inbound(|_| Inbound::Ignore), SW8).await, own);
}

#[tokio::test]
async fn unsampled_request_is_answered_equally() {
    let trees = Test::new().sampler(|_| false).run_async(async {
        assert!(traced().unary(CHECK, "tea").await.is_ok());
        assert_eq!(messages("lost").await, [Ok("lost came".to_owned()), Err(Code::DataLoss)]);
    });
    assert_eq!(trees.await, []);
}

#[tokio::test]
async fn annotated_method_merges_with_the_layer() {
    #[entry_span]
    async fn check(item: &str) -> Result<String, Status> {
        current().tag("item", item);
        Err(Status::not_found("no such item"))
    }

    let service = ServiceBuilder::new().layer(ServerLayer::new()).service_fn(
        |_: http::Request<tonic::body::Body>| async {
            let status = check("tea").await.expect_err("a status");
            Ok::<_, std::convert::Infallible>(status.into_http::<tonic::body::Body>())
        },
    );
    let tree = harness::tree(async {
        assert!(Client(tonic::client::Grpc::new(service)).unary(CHECK, "tea").await.is_err());
    })
    .await;
    let (span, log) =
        tree.split_once(" [event=error error.kind=tonic::status::Status message=").expect("a log");

    assert_eq!(
        span,
        "Entry /test.Stock/Check layer=RPCFramework component=23 ERROR {item=tea, rpc.status_code=NOT_FOUND}"
    );
    assert!(log.contains("no such item"), "{log}");
}

#[tokio::test]
async fn call_reaches_the_service_unchanged() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let recorded = {
        let seen = Arc::clone(&seen);
        ServiceBuilder::new()
            .map_request(move |request: http::Request<tonic::body::Body>| {
                let (method, uri, version, headers) =
                    (request.method(), request.uri(), request.version(), request.headers());
                seen.lock()
                    .expect("nobody panics here")
                    .push(format!("{method} {uri} {version:?} {headers:?}"));
                request
            })
            .service(Stock::default())
    };
    harness::tree(async {
        let mut plain = Client(tonic::client::Grpc::new(recorded.clone()));
        let mut traced = Client(tonic::client::Grpc::new(ServerLayer::new().layer(recorded)));
        let (plain, traced) = (
            plain.unary(CHECK, "tea").await.expect("an answer"),
            traced.unary(CHECK, "tea").await.expect("an answer"),
        );
        assert_eq!(plain.get_ref(), traced.get_ref());
        assert_eq!(format!("{:?}", plain.metadata()), format!("{:?}", traced.metadata()));
    })
    .await;
    let seen = seen.lock().expect("nobody panics here");
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn reason_of_a_status_is_decoded_and_cut() {
    for (reason, logged) in [
        ("很 100%\nof it", "很 100%\\nof it".to_owned()),
        (&*"很".repeat(3_000), "很".repeat(2_048)),
    ] {
        let reason = reason.to_owned();
        let service = ServiceBuilder::new().layer(ServerLayer::new()).service_fn(
            move |_: http::Request<tonic::body::Body>| {
                let status = Status::internal(reason.clone());
                async { Ok::<_, std::convert::Infallible>(status.into_http::<tonic::body::Body>()) }
            },
        );
        let tree = harness::tree(async {
            assert!(Client(tonic::client::Grpc::new(service)).unary(CHECK, "tea").await.is_err());
        });
        let log = format!("[event=error error.kind=INTERNAL message={logged}]");
        assert_eq!(
            tree.await,
            format!(
                "Entry /test.Stock/Check layer=RPCFramework component=23 ERROR {{rpc.status_code=INTERNAL}} {log}\n"
            )
        );
    }
}

#[tokio::test]
async fn reason_of_a_successful_call_is_not_a_log() {
    let service = ServiceBuilder::new().layer(ServerLayer::new()).service_fn(
        |_: http::Request<tonic::body::Body>| async {
            let mut response = Status::ok("").into_http::<tonic::body::Body>();
            response
                .headers_mut()
                .insert("grpc-message", http::HeaderValue::from_static("all is well"));
            Ok::<_, std::convert::Infallible>(response)
        },
    );
    let tree = harness::tree(async {
        let _ = Client(tonic::client::Grpc::new(service)).unary(CHECK, "tea").await;
    });

    assert_eq!(
        tree.await,
        "Entry /test.Stock/Check layer=RPCFramework component=23 {rpc.status_code=OK}\n"
    );
}
