//! The collector as a program.
//!
//! On start it prints two lines, `grpc listening on ADDRESS` and `http listening on ADDRESS`, with
//! the ports that were bound. Other programs may parse them. On Ctrl-C or SIGTERM it prints the
//! counters and exits with 0.

mod error;
mod options;
mod output;
mod signals;
mod token;
mod watch;

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use skywalking_collector::Collector;

use error::Error;
use options::Options;
use output::print;

/// How long the final output may take.
const FINAL_OUTPUT: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let options = Options::parse_or_exit();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure(&Error::Runtime(error)),
    };
    let result = runtime.block_on(run(options));
    // Dropping the runtime would wait for responses that are still being written, although their
    // connections are closed.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure(&error),
    }
}

fn failure(error: &Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "skywalking-collector: {error}");
    ExitCode::FAILURE
}

async fn run(options: Options) -> Result<(), Error> {
    // Signals are handled from here on, also during the start.
    let signalled = signals::interrupt_or_terminate();
    let watch = options.watch;
    let collector = options.builder()?.start().await?;
    tokio::select! {
        () = signalled => {}
        never = serve(&collector, watch) => match never {},
    }
    let map =
        if watch { watch::map(&collector).trim_end().to_owned() + "\n" } else { String::new() };
    let stats = collector.shutdown().await;
    // A stopped reader of standard output must not delay the exit.
    let _ = tokio::time::timeout(FINAL_OUTPUT, print(format!("{map}ended; {stats}"))).await;
    Ok(())
}

/// Prints the addresses, then new traces if `watch` is set.
async fn serve(collector: &Collector, watch: bool) -> Infallible {
    print(format!(
        "grpc listening on {}\nhttp listening on {}",
        collector.grpc_addr(),
        collector.http_addr()
    ))
    .await;
    if watch { watch::traces(collector).await } else { std::future::pending().await }
}
