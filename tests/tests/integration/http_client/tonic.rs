//! tonic's client with the tower layer around its channel. gRPC has no redirects and no upgrades.

mod outcomes;
mod streams;
mod unchanged;

use skywalking_proto::v3::InstancePingPkg;
use skywalking_proto::v3::management_service_client::ManagementServiceClient;
use skywalking_tower::{Client, ClientLayer};
use tonic::transport::{Channel, Endpoint};
use tower::Layer as _;

use crate::http_client::harness::{GrpcServer, Recorded as _};

/// Returns the channel without a layer. It connects at the first call.
fn channel(server: &GrpcServer) -> Channel {
    Endpoint::from_shared(format!("http://{}", server.address()))
        .expect("an address")
        .connect_lazy()
}

fn traced(server: &GrpcServer) -> Client<Channel> {
    ClientLayer::new().peer(server.address().to_string()).layer(channel(server))
}

fn client(server: &GrpcServer) -> ManagementServiceClient<Client<Channel>> {
    ManagementServiceClient::new(traced(server))
}

fn ping() -> InstancePingPkg {
    InstancePingPkg { service: "shop".into(), ..InstancePingPkg::default() }
}
