//! The client: one layer around the channel traces every call.

use skywalking_examples::print_line;
use skywalking_runtime::{Config, entry_span};
use skywalking_tower::{Client, ClientLayer};
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use tower::Layer as _;

use crate::Error;
use crate::proto::Item;
use crate::proto::stock_client::StockClient;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Numbers of the items
    #[arg(value_name = "ITEM", required = true)]
    items: Vec<u64>,
    /// Address of the server
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9090")]
    connect: String,
    /// Backend to report to
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
}

/// The generated client on a traced channel.
type TracedClient = StockClient<Client<Channel>>;

/// Connects to the server. Each call is an exit span that propagates the trace in the metadata, and
/// has the status of the trailers.
async fn client(address: &str) -> Result<TracedClient, Error> {
    let failed = |source| Error::Connect { address: address.to_owned(), source };
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .map_err(failed)?
        .connect()
        .await
        .map_err(failed)?;
    // The channel adds the address after the layer, so the peer is set here.
    Ok(StockClient::new(ClientLayer::new().peer(address).layer(channel)))
}

/// An order of a user. A trace starts here.
#[entry_span(name = "/order")]
async fn order(client: &mut TracedClient, id: u64) -> Result<u32, Status> {
    Ok(client.check(Item { id }).await?.into_inner().pieces)
}

/// Orders the items one after the other and prints the results.
pub(crate) async fn run(options: Options) -> Result<(), Error> {
    let _agent = Config::new("checkout").backend(options.backend).start()?; // reports the rest on drop
    let mut client = client(&options.connect).await?;
    for id in options.items {
        match order(&mut client, id).await {
            Ok(pieces) => print_line(&format!("item {id}: {pieces} in stock")),
            Err(status) => {
                print_line(&format!("item {id}: {:?}, {}", status.code(), status.message()));
            }
        }
    }
    Ok(())
}
