//! axum and reqwest, each traced by one line. Described in `docs/cookbook/axum-reqwest.md`.
//!
//! ```text
//! cargo run --bin skywalking-collector -- --watch
//! cargo run --bin web
//! ```
//!
//! | module | content |
//! | --- | --- |
//! | `shop` | the server layer, a handler with an attribute, the middleware of the client, and tests of the spans |
//! | `stock` | the service that the shop calls, without tracing |

mod shop;
mod stock;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use skywalking_examples::{
    Parent, Verbosity, init_logging, listen_address, print_line, termination,
};
use skywalking_runtime::{Config, config::Reporter};
use tokio::net::TcpListener;

use shop::{Shop, app, client};

/// A traced service with axum and reqwest. Prints the URLs to curl.
#[derive(Debug, Parser)]
#[command(name = "web", version)]
struct Options {
    /// Address to listen on (port 0 selects a free port)
    #[arg(long, value_name = "[IP]:PORT", default_value = ":8080", value_parser = listen_address)]
    listen: SocketAddr,
    /// Backend to report to
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
    /// Report to standard error, one line of JSON for each request
    #[arg(long, conflicts_with = "backend")]
    log: bool,
}

/// The errors of the program. Each names the value and the fix.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Agent(#[from] skywalking_runtime::Error),
    #[error("can't create the client for the stock: {0}")]
    Client(#[from] reqwest::Error),
    #[error(
        "can't listen on {address}: {source}. Set --listen to an unused address of this machine (port 0 selects a free port)"
    )]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the server failed: {0}. Restart it")]
    Serve(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    init_logging(Verbosity::Quiet);
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("web: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Error> {
    let config = Config::new("shop").backend(options.backend);
    let config = if options.log { config.reporter(Reporter::Log) } else { config };
    let _agent = config.start()?; // reports the rest on drop

    let termination = termination(Parent::None);
    let shop = Shop { client: client()?, stock: format!("http://{}", stock::start().await?) };
    let (listener, address) = listen(options.listen).await?;
    print_line(&invitation(address));
    axum::serve(listener, app(shop)).with_graceful_shutdown(termination).await?;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn invitation(address: SocketAddr) -> String {
    format!(
        "listening on {address}; try\n  \
         curl -i http://{address}/items/7\n  \
         curl -i http://{address}/items/404\n  \
         curl -i http://{address}/health   # not traced\n\
         Ctrl-C to stop."
    )
}
