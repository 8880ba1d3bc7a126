//! tonic's own server over a socket.

use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt as _;
use skywalking_tower::{Client as Traced, ClientLayer, ServerLayer};
use tonic::transport::server::{TcpConnectInfo, TcpIncoming};
use tonic::transport::{Channel, Endpoint, Server};
use tower::Layer as _;

use super::service::{Client, Stock};
use crate::http_server::harness;

/// Longer than any test.
const TIMEOUT: Duration = Duration::from_secs(600);

/// Serves the service with the layer. Returns a client that has a layer too.
async fn traced(layer: ServerLayer, stock: &Stock) -> Client<Traced<Channel>> {
    let incoming = TcpIncoming::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    let address = incoming.local_addr().expect("its address");
    tokio::spawn(
        Server::builder()
            .timeout(TIMEOUT)
            .layer(layer)
            .add_service(stock.clone())
            .serve_with_incoming(incoming),
    );
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .expect("an address")
        .connect()
        .await
        .expect("a connection");
    Client(tonic::client::Grpc::new(ClientLayer::new().peer("stock:9090").layer(channel)))
}

fn tree(path: &str, client: &str, server: &str) -> String {
    format!(
        "Exit {path} layer=RPCFramework component=23 peer=stock:9090{client}\n  \
           Entry {path} layer=RPCFramework component=23 ref=CrossProcess{server}\n"
    )
}

#[tokio::test]
async fn both_sides_of_a_call_are_one_trace() {
    let refused = " ERROR {rpc.status_code=INVALID_ARGUMENT} [event=error error.kind=INVALID_ARGUMENT message=an item has a name]";
    for (item, code) in [("tea", " {rpc.status_code=OK}"), ("", refused)] {
        let seen = harness::tree(async {
            let _ = traced(ServerLayer::new(), &Stock::default())
                .await
                .unary("/test.Stock/Check", item)
                .await;
        });
        assert_eq!(seen.await, tree("/test.Stock/Check", code, code) + "    Local annotated\n");
    }
}

#[tokio::test]
async fn both_sides_of_a_stream_end_with_its_trailers() {
    let lost = " ERROR {rpc.status_code=DATA_LOSS} [event=error error.kind=DATA_LOSS message=the list is gone]";
    for (item, code) in [("tea", " {rpc.status_code=OK}"), ("lost", lost)] {
        let seen = harness::tree(async {
            let stream = traced(ServerLayer::new(), &Stock::default())
                .await
                .streaming(item)
                .await
                .expect("a stream");
            assert_eq!(stream.count().await, 2);
        });
        assert_eq!(
            seen.await,
            tree("/test.Stock/Watch", code, code) + "    Local annotated\n    Local annotated\n"
        );
    }
}

#[tokio::test]
async fn dropped_call_of_the_client_cancels_on_both_sides() {
    let stock = Stock::default();
    let seen = harness::tree(async {
        let mut client = traced(ServerLayer::new(), &stock).await;
        harness::cancelled(&stock.started, client.unary("/test.Stock/Wait", "tea")).await;
    });

    assert_eq!(seen.await, tree("/test.Stock/Wait", " [event=cancelled]", " [event=cancelled]"));
}

#[tokio::test]
async fn dropped_stream_of_the_client_cancels_on_both_sides() {
    let seen = harness::tree(async {
        let mut stream = traced(ServerLayer::new(), &Stock::default())
            .await
            .streaming("slow")
            .await
            .expect("a stream");
        assert_eq!(stream.next().await.expect("a message").expect("no status"), "slow came");
    });
    assert_eq!(
        seen.await,
        tree("/test.Stock/Watch", " [event=cancelled]", " [event=cancelled]")
            + "    Local annotated\n"
    );
}

#[tokio::test]
async fn server_deadline_cancels_and_is_a_status_for_the_client() {
    let stock = Stock::default();
    let seen = harness::tree(async {
        let mut client = traced(ServerLayer::new(), &stock).await;
        let call = client.unary("/test.Stock/Wait", "tea");
        // After the handler has started, the paused clock reaches the deadline at once.
        let stop = async {
            stock.started.wait().await;
            tokio::time::pause();
        };
        let (answer, ()) = tokio::join!(call, stop);
        assert!(answer.is_err());
    });
    let code = " ERROR {rpc.status_code=CANCELLED} [event=error error.kind=CANCELLED message=Timeout expired]";

    assert_eq!(seen.await, tree("/test.Stock/Wait", code, " [event=cancelled]"));
}

#[tokio::test]
async fn peer_is_set_by_a_closure_from_tonics_connect_info() {
    let layer =
        ServerLayer::new().peer(|head| head.extensions.get::<TcpConnectInfo>()?.remote_addr());
    let seen = harness::tree(async {
        let mut client = traced(layer, &Stock::default()).await;
        assert!(client.unary("/test.Stock/Check", "tea").await.is_ok());
    })
    .await;
    let peers: Vec<_> =
        seen.split_whitespace().filter_map(|word| word.strip_prefix("peer=")).collect();

    assert!(
        matches!(peers[..], ["stock:9090", caller] if caller.parse::<SocketAddr>().is_ok_and(|caller| caller.ip().is_loopback())),
        "{seen}"
    );
}

#[tokio::test]
async fn unmatched_path_is_grpc_unknown() {
    for path in ["/test.Stock/Buy", "/any.Other/Method", "/x"] {
        let seen = harness::tree(async {
            let _ = traced(ServerLayer::new(), &Stock::default()).await.unary(path, "tea").await;
        })
        .await;
        let entry =
            seen.lines().find(|line| line.starts_with("  Entry ")).expect("the server's span");
        let expected =
            "  Entry grpc/unknown layer=RPCFramework component=23 ref=CrossProcess ERROR ";
        assert!(
            entry.starts_with(&format!("{expected}{{url={path}, rpc.status_code=UNIMPLEMENTED}}")),
            "{seen}"
        );
        assert!(seen.starts_with(&format!("Exit {path} ")), "{seen}");
    }
}

#[tokio::test]
async fn layer_inside_of_tonics_router_has_the_same_names() {
    let router =
        tonic::service::Routes::new(Stock::default()).into_axum_router().layer(ServerLayer::new());
    for (path, name) in [
        ("/test.Stock/Check", "/test.Stock/Check"),
        ("/test.Stock/Buy", "grpc/unknown"),
        ("/any.Other/Method", "grpc/unknown"),
    ] {
        let trees = skywalking_runtime::testing::run_async(async {
            let _ = Client(tonic::client::Grpc::new(router.clone())).unary(path, "tea").await;
        });
        assert_eq!(trees.await[0].root.name, name);
    }
}
