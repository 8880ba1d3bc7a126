//! The collector as a program: it collects, or shows what a running collector has (`commands`).

mod browser;
mod collect;
mod commands;
mod error;
mod options;
mod output;
mod signals;
mod token;
mod watch;

use std::io::Write as _;
use std::process::ExitCode;

use error::Error;
use options::Options;

fn main() -> ExitCode {
    let (options, command) = Options::parse_or_exit();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure(&Error::Runtime(error)),
    };
    let result = runtime.block_on(async {
        match command {
            None => collect::run(options).await,
            Some(command) => commands::run(command, options).await,
        }
    });
    // Dropping the runtime would wait for responses that are still being written, although their
    // connections are closed.
    runtime.shutdown_background();
    match result {
        // The reader of the output has what it wanted.
        Ok(()) | Err(Error::OutputClosed) => ExitCode::SUCCESS,
        Err(error) => failure(&error),
    }
}

fn failure(error: &Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "skywalking-collector: {error}");
    ExitCode::FAILURE
}
