//! The client: one layer around the channel traces every call.

use skywalking_examples::say;
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
    /// The items to ask about, by number
    #[arg(value_name = "ITEM", required = true)]
    items: Vec<u64>,
    /// Where the server listens
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9090")]
    connect: String,
    /// Where to report
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
}

/// The generated client over a traced channel.
type TracedClient = StockClient<Client<Channel>>;

/// Each call is an Exit span whose metadata carry the trace, and which ends with the status in the
/// trailers.
async fn client(address: &str) -> Result<TracedClient, Error> {
    let failed = |source| Error::Connect { address: address.to_owned(), source };
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .map_err(failed)?
        .connect()
        .await
        .map_err(failed)?;
    // The channel adds the address further inside, where no layer sees it: so the peer is said
    // here.
    Ok(StockClient::new(ClientLayer::new().peer(address).layer(channel)))
}

/// What a user asks for: here a trace begins.
#[entry_span(name = "/order")]
async fn order(client: &mut TracedClient, id: u64) -> Result<u32, Status> {
    Ok(client.check(Item { id }).await?.into_inner().pieces)
}

/// Orders one item after the other, and says what came of it.
pub(crate) async fn run(options: Options) -> Result<(), Error> {
    let _agent = Config::new("checkout").backend(options.backend).start()?; // dropping it reports what is left
    let mut client = client(&options.connect).await?;
    for id in options.items {
        match order(&mut client, id).await {
            Ok(pieces) => say(&format!("item {id}: {pieces} in stock")),
            Err(status) => say(&format!("item {id}: {:?}, {}", status.code(), status.message())),
        }
    }
    Ok(())
}
