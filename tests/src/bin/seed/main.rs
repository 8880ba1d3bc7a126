//! The two services of the example `snapshot`, in more shapes than an example should have: with a
//! correlation context, with errors, over many connections, with names that are too long, with
//! spans that merge, in batches, by both protocols.
//!
//! The same two are in `tests/interop`, by agents that this repository did not write, with the same
//! options. Here are no tests: those start either side by either agent (`tests/tests/interop`).

mod client;
mod rpc;
mod server;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use skywalking_runtime::{Agent, Config, config::Reporter};

/// What the context holds of the client, if it is asked to say so: characters that text formats
/// like to trip over among them.
const SAID_BY_CLIENT: (&str, &str) = ("seed.by", "RTS_Test: é, 快照");

/// The seed scenario, either side.
#[derive(Debug, Parser)]
#[command(name = "seed")]
struct Arguments {
    #[command(subcommand)]
    role: Role,
    /// Where to report
    #[arg(long, global = true, default_value = "")]
    backend: String,
    /// How to report
    #[arg(long, global = true, default_value = "grpc")]
    protocol: Protocol,
    /// Repeat parts of names and peers so many times
    #[arg(long, global = true, default_value_t = 0)]
    long: usize,
    /// Tag the server's entry twice by one key
    #[arg(long, global = true)]
    twice: bool,
    /// Call the server by messages: the exit has layer MQ, so the time of sending goes along
    #[arg(long, global = true)]
    mq: bool,
    /// Give each entry and the client's exit an outer span that is one with it
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
    /// Answer until standard input ends
    Server(server::Options),
    /// Send requests, then wait until standard input ends
    Client(client::Options),
}

/// What spans are called.
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

/// What spans are like.
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
    #[error("a frame that can't be read: {0}")]
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
    // What is sampled is said by the environment.
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

/// Waits for the end of standard input, then reports what is left, and says what became of all
/// segments.
fn end(agent: Agent) {
    drop(std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()));
    println!("{}", agent.shutdown(Duration::from_secs(10)).stats.to_json());
}
