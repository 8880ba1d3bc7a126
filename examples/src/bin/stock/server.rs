//! The server: one layer traces every method of every service in it.

use std::net::SocketAddr;

use skywalking_examples::{Parent, listen_address, print_line, termination};
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
    /// Address to listen on (port 0 selects a free port)
    #[arg(long, value_name = "[IP]:PORT", default_value = ":9090", value_parser = listen_address)]
    listen: SocketAddr,
    /// Backend to report to
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
}

/// The implementation. It has no tracing code.
struct Warehouse;

#[tonic::async_trait]
impl Stock for Warehouse {
    async fn check(&self, request: Request<Item>) -> Result<Response<Level>, Status> {
        look_up(request.into_inner().id).await.map(Response::new)
    }
}

/// A child of the layer's entry span.
#[local_span(name = "look_up", tags("item.id" = id))]
async fn look_up(id: u64) -> Result<Level, Status> {
    let pieces = u32::try_from(id % 4).unwrap_or_default();
    if id < 100 {
        Ok(Level { pieces })
    } else {
        Err(Status::not_found(format!("unknown item {id}")))
    }
}

/// Serves calls until termination. Each call is an entry span that continues the trace of the
/// metadata, and has the status of the trailers.
pub(crate) async fn run(options: Options) -> Result<(), Error> {
    let _agent = Config::new("stock").backend(options.backend).start()?; // reports the rest on drop
    let termination = termination(Parent::None);
    let incoming = listen(options.listen).await?;
    Server::builder()
        .layer(ServerLayer::new())
        .add_service(StockServer::new(Warehouse))
        .serve_with_incoming_shutdown(incoming, termination)
        .await
        .map_err(Error::Serve)
}

async fn listen(address: SocketAddr) -> Result<TcpIncoming, Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    print_line(&format!("listening on {}; Ctrl-C to stop", listener.local_addr().map_err(failed)?));
    Ok(TcpIncoming::from(listener))
}
