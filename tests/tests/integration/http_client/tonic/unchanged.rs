//! The layer only changes our three headers in a call.

use skywalking_proto::v3::Commands;
use skywalking_proto::v3::management_service_client::ManagementServiceClient;
use skywalking_runtime::propagation::correlation;
use skywalking_tower::ClientLayer;
use tonic::Request;
use tonic::metadata::MetadataValue;
use tower::Layer as _;

use super::{channel, client, ping};
use crate::http_client::harness::{GrpcServer, Recorded as _, Reply, framed, inside, record, tree};

fn reply() -> Reply {
    Reply::Messages(vec![framed(&Commands::default())], &[("grpc-status", "0")])
}

/// Returns a call with metadata of the program and headers of another trace.
fn request() -> Request<skywalking_proto::v3::InstancePingPkg> {
    let mut request = Request::new(ping());
    request.set_timeout(std::time::Duration::from_secs(60));
    for (name, value) in
        [("authorization", "Bearer secret"), ("x-tenant", "acme"), ("sw8-x", "old")]
    {
        request.metadata_mut().insert(name, MetadataValue::from_static(value));
    }
    request.metadata_mut().insert_bin("trace-bin", MetadataValue::from_bytes(&[0, 255]));
    request
}

#[tokio::test]
async fn only_our_headers_of_a_call_change() {
    let server = GrpcServer::start([reply(), reply()]).await;
    record(
        &[],
        inside(async {
            correlation::put("tenant", "acme");
            ManagementServiceClient::new(channel(&server))
                .keep_alive(request())
                .await
                .expect("a reply");
            client(&server).keep_alive(request()).await.expect("a reply");
        }),
    )
    .await;
    let [mut bare, mut traced] = server.calls().try_into().expect("two calls");

    assert!(bare.headers.remove("sw8-x").is_some() && !traced.headers.contains_key("sw8-x"));
    assert!(
        traced.headers.remove("sw8").is_some()
            && traced.headers.remove("sw8-correlation").is_some()
    );
    assert_eq!(traced, bare);
}

#[tokio::test]
async fn propagate_to_compares_the_peer_of_the_layer() {
    for (hosts, sent) in [(["127.0.0.1"], true), (["stock"], false)] {
        let server = GrpcServer::start([reply()]).await;
        let shown = tree(&[&server], async {
            let layer = ClientLayer::new().peer(server.address().to_string()).propagate_to(hosts);
            ManagementServiceClient::new(layer.layer(channel(&server)))
                .keep_alive(request())
                .await
                .expect("a reply");
        })
        .await;
        assert_eq!(shown.contains("arrived"), sent, "{shown}");
        assert_eq!(
            (
                server.calls()[0].headers.contains_key("sw8"),
                server.calls()[0].headers.contains_key("sw8-x")
            ),
            (sent, false)
        );
    }
}
