//! The client: service `RTS_Test`.

use serde::{Deserialize, Serialize};
use skywalking_examples::{print_line, termination};
use skywalking_runtime::{Carrier, entry_span, exit_span, trace_id};

use crate::error::Error;
use crate::role::{self, Reporting};
use crate::rpc::Rpc;

/// The message. A field carries the context, since the RPC has no headers.
#[derive(Debug, Carrier, Serialize, Deserialize)]
struct Req {
    a: i32,
    #[carrier]
    #[serde(default)]
    header: String,
}

/// Handles the request of a user. The program of the user is not traced, so a trace starts here.
#[entry_span(name = "/API/Snapshot", layer = http)]
async fn on_snapshot(rpc: &mut Rpc) -> Result<String, Error> {
    // A program would add the trace id to its log lines.
    print_line(&format!("trace {}", trace_id().unwrap_or_default()));
    snapshot(rpc, Req { a: 3, header: String::new() }).await
}

/// Calls the server. The context is written into `req` before the body runs. The peer is the name
/// that all clients use for the server, not its address.
#[exit_span(name = "/Service/OnSnapshot", peer = "RTS_Server", layer = rpc, inject = req)]
async fn snapshot(rpc: &mut Rpc, mut req: Req) -> Result<String, Error> {
    rpc.call("Req.Snapshot", &req).await
}

/// The prefix of the line after the last response.
pub(crate) const ANSWERED: &str = "answered ";

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Address of the server
    #[arg(long, value_name = "HOST:PORT")]
    connect: String,
    /// Number of requests, sent one after the other
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    #[command(flatten)]
    reporting: Reporting,
}

/// Sends the requests, then reports the remaining spans.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    role::run(&role::CLIENT, &options.reporting, until_termination(options))
}

async fn until_termination(options: &Options) -> Result<(), Error> {
    let (mut answered, requests) = (0, options.requests);
    tokio::select! {
        sent = send(options, &mut answered) => sent,
        () = termination(options.reporting.parent()) => Err(Error::Interrupted { answered, requests }),
    }
}

async fn send(options: &Options, answered: &mut u32) -> Result<(), Error> {
    let mut rpc = Rpc::connect(&options.connect).await?;
    let mut last = String::new();
    while *answered < options.requests {
        last = on_snapshot(&mut rpc).await?;
        *answered += 1;
    }
    print_line(&format!("{ANSWERED}{answered} requests, the last with: {last}"));
    Ok(())
}
