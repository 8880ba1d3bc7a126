//! The outcomes of a unary call.

use skywalking_proto::v3::Commands;
use skywalking_proto::v3::management_service_client::ManagementServiceClient;
use skywalking_tower::ClientLayer;
use tonic::transport::Endpoint;
use tonic::{Code, Request};
use tower::Layer as _;

use super::{client, ping};
use crate::http_client::harness::{
    GrpcServer, Nobody, Reply, TIMEOUT, cancelled, framed, inside, tree, until_timeout,
};

/// Returns the tree of a call with this reply, and the status that the program receives.
async fn replied(reply: Reply) -> (Code, String) {
    let server = GrpcServer::start([reply]).await;
    let mut code = Code::Ok;
    let shown = tree(
        &[&server],
        inside(async {
            if let Err(status) = client(&server).keep_alive(ping()).await {
                code = status.code();
            }
        }),
    )
    .await;
    (code, shown)
}

fn message() -> Vec<bytes::Bytes> {
    vec![framed(&Commands::default())]
}

#[tokio::test]
async fn successful_call_has_the_status_of_the_trailers() {
    let (code, shown) = replied(Reply::Messages(message(), &[("grpc-status", "0")])).await;

    assert_eq!(code, Code::Ok);
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 {rpc.status_code=OK}\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn error_status_in_the_trailers_is_an_error() {
    let (code, shown) = replied(Reply::Messages(
        vec![],
        &[("grpc-status", "5"), ("grpc-message", "no such instance")],
    ))
    .await;

    assert_eq!(code, Code::NotFound);
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 ERROR {rpc.status_code=NOT_FOUND} [event=error error.kind=NOT_FOUND message=no such instance]\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn error_status_in_the_head_is_an_error() {
    let (code, shown) =
        replied(Reply::TrailersOnly(&[("grpc-status", "7"), ("grpc-message", "who are you")]))
            .await;

    assert_eq!(code, Code::PermissionDenied);
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 ERROR {rpc.status_code=PERMISSION_DENIED} [event=error error.kind=PERMISSION_DENIED message=who are you]\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn reply_without_a_status_is_an_error_of_unknown_status() {
    let (parts, reply) = Reply::parts();
    drop(parts);
    let (code, shown) = replied(reply).await;

    assert_ne!(code, Code::Ok);
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 ERROR {rpc.status_code=UNKNOWN}\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn non_grpc_reply_is_an_error_by_its_http_status() {
    for status in [404, 503] {
        let (code, shown) = replied(Reply::Http(status)).await;
        assert_ne!(code, Code::Ok);
        assert_eq!(
            shown.replace(&status.to_string(), "STATUS"),
            "Entry /request\n\
            \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 ERROR {http.status_code=STATUS}\n\
            \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
        );
    }
}

#[tokio::test]
async fn refused_connection_is_an_error_with_its_causes() {
    let nobody = Nobody::new();
    let shown = nobody
        .tree(async {
            let address = nobody.address.to_string();
            let channel = Endpoint::from_shared(format!("http://{address}"))
                .expect("an address")
                .connect_lazy();
            let mut client =
                ManagementServiceClient::new(ClientLayer::new().peer(address).layer(channel));
            assert_eq!(
                Box::pin(client.keep_alive(ping())).await.expect_err("nobody listens").code(),
                Code::Unavailable
            );
        })
        .await;

    assert_eq!(
        shown,
        "Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=nobody:0 ERROR [event=error error.kind=tonic::transport::error::Error message=transport error stack=transport error\\nCaused by: tcp connect error\\nCaused by: tcp connect error\\nCaused by: Connection refused (os error 111)]\n"
    );
}

#[tokio::test]
async fn expired_deadline_is_an_error() {
    let server = GrpcServer::start([Reply::Silence]).await;
    let shown = tree(
        &[&server],
        inside(async {
            let mut request = Request::new(ping());
            request.set_timeout(TIMEOUT);
            let mut client = client(&server);
            let status = until_timeout(server.received(1), Box::pin(client.keep_alive(request)))
                .await
                .expect_err("a deadline");
            assert_eq!(status.code(), Code::Cancelled, "tonic's word for it");
        }),
    )
    .await;

    assert_eq!(
        shown,
        "Entry /request\n\
                \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 ERROR [event=error error.kind=tonic::transport::error::Error message=transport error stack=transport error\\nCaused by: Timeout expired]\n\
                \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn dropped_call_is_cancelled_without_an_error() {
    let server = GrpcServer::start([Reply::Silence]).await;
    let shown = tree(
        &[&server],
        inside(async {
            let mut client = client(&server);
            cancelled(server.received(1), Box::pin(client.keep_alive(ping()))).await;
        }),
    )
    .await;

    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 [event=cancelled]\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn channel_without_address_is_unknown_and_sends_a_header() {
    let server = GrpcServer::start([Reply::Messages(message(), &[("grpc-status", "0")])]).await;
    let shown = tree(
        &[&server],
        inside(async {
            let traced = ClientLayer::new().layer(super::channel(&server));
            ManagementServiceClient::new(traced).keep_alive(ping()).await.expect("a reply");
        }),
    )
    .await;

    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=unknown {rpc.status_code=OK}\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn page_instead_of_a_reply_is_an_error_of_unknown_status() {
    let proxy = |_: http::Request<()>| async {
        let page = http::Response::builder()
            .header("content-type", "text/html")
            .body(String::from("log in"));
        Ok::<_, std::convert::Infallible>(page.expect("a response"))
    };
    let shown = tree(
        &[],
        inside(async {
            let call = http::Request::post("/stock.Stock/Check")
                .header("content-type", "application/grpc")
                .body(())
                .expect("a request");
            let traced = ClientLayer::new().peer("stock:80").layer(tower::service_fn(proxy));
            assert_eq!(
                tower::ServiceExt::oneshot(traced, call).await.expect("an answer").status(),
                200
            );
        }),
    )
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /stock.Stock/Check layer=RPCFramework component=23 peer=stock:80 ERROR {http.status_code=200, rpc.status_code=UNKNOWN}\n"
    );
}

#[tokio::test]
async fn each_attempt_of_a_retry_is_a_span() {
    let busy = Reply::TrailersOnly(&[("grpc-status", "14"), ("grpc-message", "busy")]);
    let server =
        GrpcServer::start([busy, Reply::Messages(message(), &[("grpc-status", "0")])]).await;
    let shown = tree(
        &[&server],
        inside(async {
            let mut client = client(&server);
            while client
                .keep_alive(ping())
                .await
                .is_err_and(|status| status.code() == Code::Unavailable)
            {}
        }),
    )
    .await;

    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 ERROR {rpc.status_code=UNAVAILABLE} [event=error error.kind=UNAVAILABLE message=busy]\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n\
        \x20 Exit /skywalking.v3.ManagementService/keepAlive layer=RPCFramework component=23 peer=one:1 {rpc.status_code=OK}\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/keepAlive ref=CrossProcess\n"
    );
}
