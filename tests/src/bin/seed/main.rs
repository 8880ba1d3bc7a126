//! The two services of the example `snapshot`, with more options: a correlation context, errors,
//! many connections, names over the limit, merged spans, batches, both protocols.
//!
//! `tests/interop` has the same two services for other agents, with the same options.
//! `tests/tests/interop` runs each pair of client and server.

mod client;
mod rpc;
mod server;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use skywalking_runtime::{Agent, Config, config::Reporter};

/// The client's entry in the correlation context, with characters that text formats often escape.
const CLIENT_ENTRY: (&str, &str) = ("seed.by", "RTS_Test: é, 快照");

/// The seed scenario: client or server.
#[derive(Debug, Parser)]
#[command(name = "seed")]
struct Arguments {
    #[command(subcommand)]
    role: Role,
    /// Backend to report to
    #[arg(long, global = true, default_value = "")]
    backend: String,
    /// Protocol of the reports
    #[arg(long, global = true, default_value = "grpc")]
    protocol: Protocol,
    /// Number of times to repeat a part of names and peers
    #[arg(long, global = true, default_value_t = 0)]
    long: usize,
    /// Tag the server's entry twice with one key
    #[arg(long, global = true)]
    twice: bool,
    /// Call the server with messages. The exit has layer MQ, so the time of sending is propagated
    #[arg(long, global = true)]
    mq: bool,
    /// Add an outer span to each entry and to the client's exit, which merge with it
    #[arg(long, global = true)]
    merged: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Protocol {
    Grpc,
    Http,
}

#[derive(Debug, clap::Subcommand)]
enum Role {
    /// Respond until standard input ends
    Server(server::Options),
    /// Send requests, then wait until standard input ends
    Client(client::Options),
}

/// The names of spans.
#[derive(Debug)]
struct Names {
    api: String,
    call: String,
    peer: String,
    query: String,
}

impl Names {
    fn new(long: usize) -> Self {
        let named = |name: &str, more: &str| format!("{name}{}", more.repeat(long));
        Self {
            api: named("/API/Snapshot", "/很长"),
            call: named("/Service/OnSnapshot", "/长"),
            peer: named("RTS_Server", ".long"),
            query: named("/Service/OnSnapshot/QueringSnapshot", "/长"),
        }
    }
}

/// The options of spans.
#[derive(Debug)]
struct Shape {
    names: Names,
    twice: bool,
    mq: bool,
    merged: bool,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Agent(#[from] skywalking_runtime::Error),
    #[error("the connection: {0}")]
    Connection(#[from] std::io::Error),
    #[error("invalid frame: {0}")]
    Frame(#[from] serde_json::Error),
    #[error("{0}")]
    Refused(String),
}

fn start(service: &str, arguments: &Arguments) -> Result<Agent, Error> {
    let reporter = match arguments.protocol {
        Protocol::Grpc => Reporter::Grpc,
        Protocol::Http => Reporter::Http,
    };
    let config = Config::new(service)
        .instance(format!("{service}_1"))
        .backend(&arguments.backend)
        .reporter(reporter);
    // The sampler is configured by the environment.
    Ok(config.env_overrides().start()?)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let shape = Shape {
        names: Names::new(arguments.long),
        twice: arguments.twice,
        mq: arguments.mq,
        merged: arguments.merged,
    };
    let outcome = match &arguments.role {
        Role::Server(options) => {
            start("Service_Test", &arguments).and_then(|agent| server::run(options, shape, agent))
        }
        Role::Client(options) => {
            start("RTS_Test", &arguments).and_then(|agent| client::run(options, shape, agent))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("seed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Waits for the end of standard input, reports the remaining spans, and prints the counts of all
/// segments.
fn end(agent: Agent) {
    drop(std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()));
    println!("{}", agent.shutdown(Duration::from_secs(10)).stats.to_json());
}
