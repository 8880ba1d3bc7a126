//! An HTTP service that calls the next one. One line traces its server, and one line its client.
//!
//! ```text
//! cargo run --bin mack -- --service-name mack-1 --listen-addr :8081 \
//!     --upstream-url http://127.0.0.1:8082/mack --oap-server 127.0.0.1:11800
//! ```
//!
//! `cargo run --bin mack -- demo` runs three of them in a chain.
//!
//! | module | content |
//! | --- | --- |
//! | `server` | the axum router with the server layer, and the handler |
//! | `upstream` | the reqwest client with the middleware, and the error of a call |
//! | `options` | the command line, and the agent's configuration |
//! | `delivery` | the numbers of sent and lost segments |
//! | `demo` | three services as child processes, an echo server, an embedded collector |
//!
//! Copy from `server` and `upstream`.

mod delivery;
mod demo;
mod error;
mod options;
mod server;
mod upstream;

use std::process::ExitCode;

use clap::{ArgMatches, Args as _, CommandFactory as _, FromArgMatches as _};
use skywalking_examples::{Verbosity, init_logging};

use error::Error;
use options::Options;

fn main() -> ExitCode {
    let demo = demo::Options::augment_args(clap::Command::new("demo").about(demo::ABOUT));
    let command = Options::command()
        .subcommand(demo)
        .args_conflicts_with_subcommands(true)
        .subcommand_negates_reqs(true);
    let arguments = command.try_get_matches().unwrap_or_else(|error| options::exit(&error));
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
    init_logging(if options.verbose { Verbosity::Verbose } else { Verbosity::Quiet });
    demo::run(&options)
}

fn run_service(arguments: &ArgMatches) -> Result<(), Error> {
    let options = Options::from_arg_matches(arguments).unwrap_or_else(|error| error.exit());
    init_logging(Verbosity::Quiet);
    if options::token_is_visible(arguments) {
        tracing::warn!(
            "other users of this machine can see the token in the process list; set SW_AGENT_AUTHENTICATION instead of --authentication"
        );
    }
    server::run(options)
}
