//! The server: one layer traces every method of every service in it.

use std::net::SocketAddr;

use skywalking_examples::{Parent, asked_to_end, listen_address, say};
use skywalking_runtime::{Config, local_span};
use skywalking_tower::ServerLayer;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::Error;
use crate::proto::stock_server::{Stock, StockServer};
use crate::proto::{Item, Level};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where to listen (port 0 takes a free one)
    #[arg(long, value_name = "[IP]:PORT", default_value = ":9090", value_parser = listen_address)]
    listen: SocketAddr,
    /// Where to report
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
}

/// An implementation as ever: it knows nothing of the layer.
struct Warehouse;

#[tonic::async_trait]
impl Stock for Warehouse {
    async fn check(&self, request: Request<Item>) -> Result<Response<Level>, Status> {
        look_up(request.into_inner().id).await.map(Response::new)
    }
}

/// A step of its own in the trace, below the layer's Entry span.
#[local_span(name = "look_up", tags("item.id" = id))]
async fn look_up(id: u64) -> Result<Level, Status> {
    let pieces = u32::try_from(id % 4).unwrap_or_default();
    if id < 100 {
        Ok(Level { pieces })
    } else {
        Err(Status::not_found(format!("there is no item {id}")))
    }
}

/// Each call is an Entry span that goes on with the trace of the call's metadata, and ends with the
/// status in the trailers.
pub(crate) async fn run(options: Options) -> Result<(), Error> {
    let _agent = Config::new("stock").backend(options.backend).start()?; // dropping it reports what is left
    let asked_to_end = asked_to_end(Parent::None);
    let incoming = listen(options.listen).await?;
    Server::builder()
        .layer(ServerLayer::new())
        .add_service(StockServer::new(Warehouse))
        .serve_with_incoming_shutdown(incoming, asked_to_end)
        .await
        .map_err(Error::Serve)
}

async fn listen(address: SocketAddr) -> Result<TcpIncoming, Error> {
    let refused = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    say(&format!("listening on {}; Ctrl-C ends it", listener.local_addr().map_err(refused)?));
    Ok(TcpIncoming::from(listener))
}
