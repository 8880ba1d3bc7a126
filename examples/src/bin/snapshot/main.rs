//! Two services that communicate by an RPC without headers. Both appear in one trace and one
//! service map.
//!
//! ```text
//! cargo run --bin snapshot
//! ```
//!
//! | module | content |
//! | --- | --- |
//! | `client` | service `RTS_Test`: an entry span, and an exit span that injects the context into the message |
//! | `server` | service `Service_Test`: an entry span that extracts it, and a database call |
//! | `rpc` | the RPC: length-delimited JSON over TCP, without tracing |
//! | `demo` | both as child processes, and an embedded collector |
//! | `role` | the parts that client and server share: start, shutdown, counters |
//! | `counters` | the counters of the runtime as JSON |
//!
//! Copy from `client` and `server`.

mod client;
mod counters;
mod demo;
mod error;
mod role;
mod rpc;
mod server;

use std::process::ExitCode;

use clap::Parser;
use skywalking_examples::{Verbosity, init_logging};

/// Two traced services in one trace and one service map.
///
/// Without a role it starts both as child processes, and a collector. When the spans have arrived
/// it prints the last trace as a tree, and the service map.
#[derive(Debug, Parser)]
#[command(name = "snapshot", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,
    #[command(flatten)]
    demo: demo::Options,
}

#[derive(Debug, clap::Subcommand)]
enum Role {
    /// Serve requests until Ctrl-C, then print the counters
    Server(server::Options),
    /// Send requests to a server, then print the counters
    Client(client::Options),
}

fn main() -> ExitCode {
    let Arguments { role, demo } = Arguments::parse();
    init_logging(if demo.verbose { Verbosity::Verbose } else { Verbosity::Quiet });
    let (name, outcome) = match role {
        None => ("snapshot", demo::run(&demo)),
        Some(Role::Server(options)) => ("snapshot server", server::run(&options)),
        Some(Role::Client(options)) => ("snapshot client", client::run(&options)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}
