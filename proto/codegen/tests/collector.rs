//! The collector implements every method of the protocol.

use skywalking_codegen::PROTOCOL;
use skywalking_collector::{Collector, NotKept};
use skywalking_proto::v3::Commands;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

/// Sends an empty message. Every message of the protocol can be empty, and so can every response.
async fn send_empty(channel: &Channel, path: PathAndQuery) -> Result<(), Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let messages = Request::new(tokio_stream::once(Commands::default()));
    let codec = ProstCodec::<Commands, Commands>::default();
    let response = client.client_streaming(messages, path, codec).await?;
    assert_eq!(response.into_inner(), Commands::default());
    Ok(())
}

#[tokio::test]
async fn every_method_is_implemented() {
    let collector = Collector::builder()
        .grpc_addr("127.0.0.1:0")
        .http_addr("127.0.0.1:0")
        .start()
        .await
        .expect("free ports");
    let endpoint = Channel::from_shared(format!("http://{}", collector.grpc_addr()));
    let channel = endpoint.expect("an address").connect().await.expect("a listening port");

    let mut methods = 0;
    for file in PROTOCOL.descriptors().expect("the protocol files compile").file {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                send_empty(&channel, path.parse().expect("a path"))
                    .await
                    .unwrap_or_else(|status| panic!("{path}: {status}"));
                methods += 1;
            }
        }
    }

    assert_eq!(methods, 25);
    let stats = collector.stats();
    let counts: Vec<_> =
        NotKept::ALL.iter().map(|kind| stats.received_not_kept.get(*kind)).collect();
    // Most kinds have one method: meters have two, profile tasks four, profiles four, browsers
    // five.
    assert_eq!(counts, [1, 1, 2, 1, 1, 1, 4, 4, 1, 5]);
    assert_eq!(
        (stats.segments_empty, stats.properties_reports, stats.pings, stats.segments_refused),
        (1, 1, 1, 0),
        "{stats}"
    );
}
