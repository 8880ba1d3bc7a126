//! Two axum handlers, traced: each request becomes an Entry span that continues the trace of the
//! request's `sw8` header, or begins one where there is none.
//!
//! ```text
//! cargo run --bin handlers -- --log
//! ```
//!
//! prints what to `curl`. With `--log` each request is a line of JSON on standard error; without,
//! it goes to the backend on 127.0.0.1:11800 or to that of `--backend` (`cargo run --bin
//! skywalking-collector -- --watch` is one).
//!
//! What there is to copy:
//!
//! * the attribute stands on the handler itself, whose arguments are axum's extractors as ever;
//! * `extract = headers` takes anything that can be read as headers; for `HeaderMap` it is the
//!   runtime's feature `carrier-http`;
//! * a request that axum's extractors refuse (`/users/x` has no number) never gets to the handler,
//!   and so has no span;
//! * the span's name is the route, not the path: names become endpoints, so they have to be few.
//!   What differs is a tag.

use std::net::SocketAddr;
use std::process::ExitCode;

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use serde::Serialize;
use skywalking_examples::{Detail, Parent, asked_to_end, listen_address, say, show_diagnostics};
use skywalking_runtime::{Config, Reporter, entry_span, local_span};
use tokio::net::TcpListener;

#[entry_span(name = "GET:/", layer = http, extract = headers)]
async fn index(headers: HeaderMap) -> &'static str {
    "Ask for /users/{id}, with a number.\n"
}

#[derive(Serialize)]
struct User {
    id: u64,
    name: String,
}

#[entry_span(name = "GET:/users/{id}", layer = http, extract = headers, tags("user.id" = id))]
async fn user(Path(id): Path<u64>, headers: HeaderMap) -> Json<User> {
    Json(User { id, name: look_up(id).await })
}

/// A child of the handler's span; on its own it would begin a trace.
#[local_span(name = "look_up")]
async fn look_up(id: u64) -> String {
    format!("user {id}")
}

/// Two traced axum handlers: GET / and GET /users/{id}. Prints what to curl.
#[derive(Debug, Parser)]
#[command(name = "handlers", version)]
struct Options {
    /// Where to listen (port 0 takes a free one)
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080", value_parser = listen_address)]
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
            eprintln!("handlers: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Error> {
    let config = Config::new("handlers").backend(options.backend);
    let config = if options.log { config.reporter(Reporter::Log) } else { config };
    let _agent = config.start()?;

    let asked_to_end = asked_to_end(Parent::None);
    let (listener, address) = listen(options.listen).await?;
    say(&invitation(address));
    let app = Router::new().route("/", get(index)).route("/users/{id}", get(user));
    axum::serve(listener, app).with_graceful_shutdown(asked_to_end).await?;
    Ok(()) // dropping the agent reports what is left
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let refused = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// What another service would send along: that its span 0, of the endpoint `/by-hand`, called us.
/// The parts are Base64.
const SW8: &str = "1-YnktaGFuZC4x-YnktaGFuZC4xLjE=-0-Y3VybA==-Y3VybC0x-L2J5LWhhbmQ=-aGFuZGxlcnM=";

fn invitation(address: SocketAddr) -> String {
    format!(
        "listening on {address}; try\n  \
         curl http://{address}/\n  \
         curl http://{address}/users/7\n  \
         curl -H 'sw8: {SW8}' http://{address}/users/8   # goes on with the trace by-hand.1\n\
         Ctrl-C ends it."
    )
}
