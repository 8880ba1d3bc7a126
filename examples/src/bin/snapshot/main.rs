//! Two services that talk by an RPC whose messages have no headers of their own, seen as one trace
//! and one map.
//!
//! | file | what it shows |
//! | --- | --- |
//! | `client` | service `RTS_Test`: an Entry span, and an Exit span that injects the context into the message |
//! | `server` | service `Service_Test`: an Entry span that extracts it, and a database call |
//! | `rpc` | the RPC itself: length-delimited JSON over TCP; it knows nothing of tracing |
//! | `demo` | both as child processes, an embedded collector, the tree and the map |
//! | `role` | what client and server have in common as programs: from start to the last counters |
//! | `counters` | the counters as lines of JSON |
//!
//! `client` and `server` are the ones to copy from.

mod client;
mod counters;
mod demo;
mod error;
mod role;
mod rpc;
mod server;

use std::process::ExitCode;

use clap::Parser;
use skywalking_examples::{Detail, show_diagnostics};

/// Two traced services, one trace, one map.
///
/// Without a role it starts both as child processes, and a collector; when the spans have arrived
/// it prints the last trace as a tree, and the map of services.
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
    /// Answer the client, until Ctrl-C; then print the counters
    Server(server::Options),
    /// Send requests to a server, then print the counters
    Client(client::Options),
}

fn main() -> ExitCode {
    let Arguments { role, demo } = Arguments::parse();
    show_diagnostics(if demo.verbose { Detail::Everything } else { Detail::Warnings });
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
