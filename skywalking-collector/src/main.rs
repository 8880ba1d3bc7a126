//! The collector as a program: the library with a command line.
//!
//! On start it prints two lines, `grpc listening on ADDRESS` and `http listening on ADDRESS`, with
//! the ports that were taken; programs may read them. On Ctrl-C or SIGTERM it says what it received
//! and ends with 0.

mod out;
mod secret;
mod watch;

use std::convert::Infallible;
use std::fmt::Display;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use skywalking_collector::{
    Collector, DEFAULT_GRPC_ADDR, DEFAULT_HTTP_ADDR, Error, Limits, parse_address,
};

/// Receives what SkyWalking agents send, keeps it in memory, and shows it: JSON over HTTP
/// (/api/services, /api/instances, /api/traces, /api/traces/{traceId}, /api/topology,
/// /api/violations, /api/stats) and, with --watch, trees in the terminal.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "The variable SW_COLLECTOR_TOKEN holds a token, too: what agents and readers have to bring as \
    metadata or header `authentication`. No option does, since options can be seen by other users of the machine. \
    Without a token only loopback addresses are listened on."
)]
struct Options {
    /// Where agents report by gRPC (IP:port or localhost:port; port 0 takes a free one)
    #[arg(long, value_name = "ADDRESS", env = "SW_COLLECTOR_GRPC_ADDR", default_value = DEFAULT_GRPC_ADDR, value_parser = address)]
    grpc_addr: String,
    /// Where JSON is read and agents report by HTTP (IP:port or localhost:port; port 0 takes a
    /// free one)
    #[arg(long, value_name = "ADDRESS", env = "SW_COLLECTOR_HTTP_ADDR", default_value = DEFAULT_HTTP_ADDR, value_parser = address)]
    http_addr: String,
    /// How many spans are kept; the oldest trace goes first
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_SPANS", default_value_t = Limits::default().max_spans, value_parser = amount)]
    max_spans: usize,
    /// How many bytes of memory the traces may take; the oldest trace goes first
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_BYTES", default_value_t = Limits::default().max_bytes, value_parser = amount)]
    max_bytes: usize,
    /// How many bytes of messages and answers may be in flight, over both ports
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_IN_FLIGHT", default_value_t = Limits::default().max_in_flight, value_parser = amount)]
    max_in_flight: usize,
    /// How many connections may be open, over both ports; the one that was idle for longest goes
    /// first
    #[arg(long, value_name = "NUMBER", env = "SW_COLLECTOR_MAX_CONNECTIONS", default_value_t = Limits::default().max_connections, value_parser = amount)]
    max_connections: usize,
    /// A file that holds the token that agents and readers have to bring, and nothing else
    #[arg(long, value_name = "FILE", env = "SW_COLLECTOR_TOKEN_FILE")]
    token_file: Option<PathBuf>,
    /// Print each trace as a tree when nothing more came for it in a second, and the map at the
    /// end
    #[arg(long)]
    watch: bool,
}

fn address(value: &str) -> Result<String, String> {
    parse_address(value).map(|_| value.to_owned()).map_err(|error| error.to_string())
}

fn amount(value: &str) -> Result<usize, String> {
    let read = value.parse().ok().filter(|amount| *amount > 0);
    read.ok_or_else(|| {
        format!(
            "{value:?} is no whole number from 1 to {}: write digits alone, such as 100000",
            usize::MAX
        )
    })
}

/// clap blames the option, also for a value that a variable brought; so the variables that are set
/// are told with it.
fn parse() -> Options {
    Options::try_parse().unwrap_or_else(|error| {
        let _ = error.print();
        if matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidUtf8) {
            for variable in Options::command().get_arguments().filter_map(|option| option.get_env())
            {
                if let Some(value) = std::env::var_os(variable) {
                    let _ = writeln!(
                        std::io::stderr(),
                        "{} is set to {:?}",
                        variable.display(),
                        value.to_string_lossy()
                    );
                }
            }
        }
        std::process::exit(error.exit_code())
    })
}

/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let options = parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("no thread can be started: {error}")),
    };
    let ended = runtime.block_on(run(options));
    // Dropped, it would wait for answers that are still being written, although nobody can get them
    // any more.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn Display) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "skywalking-collector: {error}");
    ExitCode::FAILURE
}

/// Says where it listens, and what arrives; never comes back.
async fn serve(collector: &Collector, watch: bool) -> Infallible {
    out::say(format!(
        "grpc listening on {}\nhttp listening on {}",
        collector.grpc_addr(),
        collector.http_addr()
    ))
    .await;
    if watch { watch::traces(collector).await } else { std::future::pending().await }
}

async fn run(options: Options) -> Result<(), Error> {
    // From here on a signal ends it cleanly, also one that comes while it starts.
    let signalled = signalled();
    let mut builder = Collector::builder()
        .grpc_addr(options.grpc_addr)
        .http_addr(options.http_addr)
        .limits(Limits {
            max_spans: options.max_spans,
            max_bytes: options.max_bytes,
            max_in_flight: options.max_in_flight,
            max_connections: options.max_connections,
            ..Limits::default()
        });
    if let Some(token) = secret::token(options.token_file, std::env::var_os(secret::VARIABLE))? {
        builder = builder.require_token(token);
    }
    let collector = builder.start().await?;
    let mut last_words = String::new();
    tokio::select! {
        () = signalled => {}
        never = serve(&collector, options.watch) => match never {},
    }
    if options.watch {
        last_words = watch::map(&collector).trim_end().to_owned() + "\n";
    }
    let stats = collector.shutdown().await;
    // A reader that has stopped doesn't hold up the end.
    let _ = tokio::time::timeout(LAST_WORDS, out::say(format!("{last_words}ended; {stats}"))).await;
    Ok(())
}

/// Comes back at Ctrl-C or SIGTERM; both are caught from the call on.
#[cfg(unix)]
fn signalled() -> impl Future<Output = ()> {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    async fn wait(signal: std::io::Result<Signal>) {
        match signal {
            Ok(mut signal) => drop(signal.recv().await),
            // Then the system's own handling ends the program.
            Err(_) => std::future::pending().await,
        }
    }
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        tokio::select! {
            () = wait(interrupt) => {}
            () = wait(terminate) => {}
        }
    }
}

/// Comes back at Ctrl-C.
#[cfg(not(unix))]
fn signalled() -> impl Future<Output = ()> {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
