//! Two traced axum handlers. Each request is an entry span that continues the trace of the `sw8`
//! header, or starts a new trace without one.
//!
//! ```text
//! cargo run --bin handlers -- --log
//! ```
//!
//! prints the URLs to `curl`. With `--log` each request is reported as a line of JSON on standard
//! error. Without it the program reports to 127.0.0.1:11800 or to `--backend`, for example to
//! `cargo run --bin skywalking-collector -- --watch`.
//!
//! Points to note:
//!
//! * The attribute is on the handler itself. Its arguments are axum's extractors, as usual.
//! * `extract = headers` accepts any type that can be read as headers. `HeaderMap` needs the
//!   feature `carrier-http` of the runtime.
//! * A request that an extractor rejects (`/users/x` has no number) doesn't reach the handler and
//!   has no span.
//! * `/health` shows whether the agent reaches its backend. It answers with 200 in any case: the
//!   service works without tracing.
//! * The span is named by the route, not by the path. Names become endpoints, so there must be few.
//!   Put values into tags.

use std::net::SocketAddr;
use std::process::ExitCode;

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use serde::Serialize;
use skywalking_examples::{
    Parent, Verbosity, init_logging, listen_address, print_line, termination,
};
use skywalking_runtime::{Config, config::Reporter, entry_span, health, local_span};
use tokio::net::TcpListener;

#[entry_span(name = "GET:/", layer = http, extract = headers)]
async fn index(headers: HeaderMap) -> &'static str {
    "Try /users/{id} with a number.\n"
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

/// A child of the handler's span. Without a current span it would start a trace.
#[local_span(name = "look_up")]
async fn look_up(id: u64) -> String {
    format!("user {id}")
}

/// For the probes of an orchestrator. It has no span.
async fn healthy() -> String {
    match health() {
        Ok(()) => "ok\ntracing: up\n".to_owned(),
        Err(problem) => format!("ok\ntracing: {problem}\n"),
    }
}

/// Two traced axum handlers: GET / and GET /users/{id}. Prints the URLs to curl.
#[derive(Debug, Parser)]
#[command(name = "handlers", version)]
struct Options {
    /// Address to listen on (port 0 selects a free port)
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080", value_parser = listen_address)]
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
            eprintln!("handlers: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Error> {
    let config = Config::new("handlers").backend(options.backend);
    let config = if options.log { config.reporter(Reporter::Log) } else { config };
    let _agent = config.start()?;

    let termination = termination(Parent::None);
    let (listener, address) = listen(options.listen).await?;
    print_line(&invitation(address));
    let app = Router::new()
        .route("/", get(index))
        .route("/users/{id}", get(user))
        .route("/health", get(healthy));
    axum::serve(listener, app).with_graceful_shutdown(termination).await?;
    Ok(()) // dropping the agent reports the remaining spans
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// The `sw8` header of a call from span 0 of another service, with the endpoint `/by-hand`. Its
/// parts are Base64.
const SW8: &str = "1-YnktaGFuZC4x-YnktaGFuZC4xLjE=-0-Y3VybA==-Y3VybC0x-L2J5LWhhbmQ=-aGFuZGxlcnM=";

fn invitation(address: SocketAddr) -> String {
    format!(
        "listening on {address}; try\n  \
         curl http://{address}/\n  \
         curl http://{address}/users/7\n  \
         curl -H 'sw8: {SW8}' http://{address}/users/8   # continues the trace by-hand.1\n\
         Ctrl-C to stop."
    )
}
