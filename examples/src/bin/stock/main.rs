//! A tonic server and its client, traced by a layer each: `docs/cookbook/tonic.md` tells about it.
//!
//! ```text
//! cargo run --bin skywalking-collector -- --watch
//! cargo run --bin stock -- server
//! cargo run --bin stock -- client 7 404
//! ```
//!
//! | file | what it shows |
//! | --- | --- |
//! | `server` | the server layer |
//! | `client` | the client layer around a channel |
//! | `stock.proto`, `generated` | what they say to each other, and the Rust made of it (`cargo run -p skywalking-codegen`) |

mod client;
mod server;

/// What is generated of `stock.proto`.
#[allow(
    clippy::pedantic,
    missing_docs,
    unreachable_pub,
    reason = "tonic's generator writes as it does"
)]
mod proto {
    include!("generated/stock.rs");
}

use std::process::ExitCode;

use clap::Parser;
use skywalking_examples::{Detail, show_diagnostics};

/// A traced pair of tonic: a server that knows what is in stock, and a client that asks.
#[derive(Debug, Parser)]
#[command(name = "stock", version)]
enum Role {
    /// Answer the client, until Ctrl-C
    Server(server::Options),
    /// Ask what there is of some items
    Client(client::Options),
}

/// Each of these says what was wrong, with which value, and what to do.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Agent(#[from] skywalking_runtime::Error),
    #[error(
        "can't listen on {address}: {source}. Give --listen an address of this machine whose port no program uses (port 0 takes a free one)"
    )]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    #[error("the server failed: {0}. Start it again")]
    Serve(tonic::transport::Error),
    #[error(
        "can't connect to {address:?}: {}. Start `stock server` first, and give the HOST:PORT that it prints",
        last_cause(source)
    )]
    Connect { address: String, source: tonic::transport::Error },
}

/// tonic's own words say only that there was an error.
fn last_cause(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

#[tokio::main]
async fn main() -> ExitCode {
    show_diagnostics(Detail::Warnings);
    let outcome = match Role::parse() {
        Role::Server(options) => server::run(options).await,
        Role::Client(options) => client::run(options).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stock: {error}");
            ExitCode::FAILURE
        }
    }
}
