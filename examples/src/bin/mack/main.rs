//! An HTTP service that calls the next one: its server and its client are traced by one line each.
//!
//! ```text
//! cargo run --bin mack -- --service-name mack-1 --listen-addr :8081 --upstream-url http://127.0.0.1:8082/mack --oap-server 127.0.0.1:11800
//! ```
//!
//! `cargo run --bin mack -- demo` shows three of them in a chain.
//!
//! | file | what it shows |
//! | --- | --- |
//! | `server` | the axum router with the server layer, and the handler |
//! | `upstream` | the reqwest client with the middleware, and what can go wrong with a call |
//! | `options` | the command line, and the agent's settings made of it |
//! | `account` | what was sent and lost, at the end |
//! | `demo` | three of them as child processes, an echo server, an embedded collector, the tree and the map |
//!
//! `server` and `upstream` are the ones to copy from.

mod account;
mod demo;
mod error;
mod options;
mod server;
mod upstream;

use std::process::ExitCode;

use clap::{ArgMatches, Args as _, CommandFactory as _, FromArgMatches as _};
use skywalking_examples::{Detail, show_diagnostics};

use error::Error;
use options::Options;

fn main() -> ExitCode {
    let demo = demo::Options::augment_args(clap::Command::new("demo").about(demo::ABOUT));
    let command = Options::command()
        .subcommand(demo)
        .args_conflicts_with_subcommands(true)
        .subcommand_negates_reqs(true);
    let arguments = command.try_get_matches().unwrap_or_else(|error| options::refuse(&error));
    let (name, outcome) = match arguments.subcommand() {
        Some((_, arguments)) => ("mack demo", run_demo(arguments)),
        None => ("mack", run_service(&arguments)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_demo(arguments: &ArgMatches) -> Result<(), Error> {
    let options = demo::Options::from_arg_matches(arguments).unwrap_or_else(|error| error.exit());
    show_diagnostics(if options.verbose { Detail::Everything } else { Detail::Warnings });
    demo::run(&options)
}

fn run_service(arguments: &ArgMatches) -> Result<(), Error> {
    let options = Options::from_arg_matches(arguments).unwrap_or_else(|error| error.exit());
    show_diagnostics(Detail::Warnings);
    if options::token_is_visible(arguments) {
        tracing::warn!(
            "other users of this machine can see the token in the list of processes; set SW_AGENT_AUTHENTICATION instead of --authentication"
        );
    }
    server::run(options)
}
