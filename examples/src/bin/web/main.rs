//! axum and reqwest, traced by a line each: `docs/cookbook/axum-reqwest.md` tells about it.
//!
//! ```text
//! cargo run --bin skywalking-collector -- --watch
//! cargo run --bin web
//! ```
//!
//! | file | what it shows |
//! | --- | --- |
//! | `shop` | the server layer, a handler with an attribute, the client's middleware, and tests that look at the spans |
//! | `stock` | what the shop calls; not traced |

mod shop;
mod stock;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use skywalking_examples::{Detail, Parent, asked_to_end, listen_address, say, show_diagnostics};
use skywalking_runtime::{Config, Reporter};
use tokio::net::TcpListener;

use shop::{Shop, app, client};

/// A traced service of axum and reqwest. Prints what to curl.
#[derive(Debug, Parser)]
#[command(name = "web", version)]
struct Options {
    /// Where to listen (port 0 takes a free one)
    #[arg(long, value_name = "[IP]:PORT", default_value = ":8080", value_parser = listen_address)]
    listen: SocketAddr,
    /// Where to report
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:11800")]
    backend: String,
    /// Report to standard error, one line of JSON a request
    #[arg(long, conflicts_with = "backend")]
    log: bool,
}

/// Each of these says what was wrong, with which value, and what to do.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Agent(#[from] skywalking_runtime::Error),
    #[error(transparent)]
    Client(#[from] skywalking_reqwest::Error),
    #[error(
        "can't listen on {address}: {source}. Give --listen an address of this machine whose port no program uses (port 0 takes a free one)"
    )]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the server failed: {0}. Start it again")]
    Serve(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    show_diagnostics(Detail::Warnings);
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
    let _agent = config.start()?; // dropping it reports what is left

    let asked_to_end = asked_to_end(Parent::None);
    let shop = Shop { client: client()?, stock: format!("http://{}", stock::start().await?) };
    let (listener, address) = listen(options.listen).await?;
    say(&invitation(address));
    axum::serve(listener, app(shop)).with_graceful_shutdown(asked_to_end).await?;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let refused = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

fn invitation(address: SocketAddr) -> String {
    format!(
        "listening on {address}; try\n  \
         curl -i http://{address}/items/7\n  \
         curl -i http://{address}/items/404\n  \
         curl -i http://{address}/health   # not traced\n\
         Ctrl-C ends it."
    )
}
