//! The client: service `RTS_Test`.

use serde::{Deserialize, Serialize};
use skywalking_examples::{asked_to_end, say};
use skywalking_runtime::{Carrier, entry_span, exit_span, trace_id};

use crate::error::Error;
use crate::role::{self, Reporting};
use crate::rpc::Rpc;

/// The message. It has a field for the context, as the RPC has no headers.
#[derive(Debug, Carrier, Serialize, Deserialize)]
struct Req {
    a: i32,
    #[carrier]
    #[serde(default)]
    header: String,
}

/// A request of a user, whose own program is not traced: there is nothing to extract, so a trace
/// begins here.
#[entry_span(name = "/API/Snapshot", layer = http)]
async fn on_snapshot(rpc: &mut Rpc) -> Result<String, Error> {
    // What a program would write beside each line of its log.
    say(&format!("trace {}", trace_id().unwrap_or_default()));
    snapshot(rpc, Req { a: 3, header: String::new() }).await
}

/// The call to the server: the context is written into `req` before the body runs. The peer is what
/// all clients call the server by, not the address that is dialled.
#[exit_span(name = "/Service/OnSnapshot", peer = "RTS_Server", layer = rpc, inject = req)]
async fn snapshot(rpc: &mut Rpc, mut req: Req) -> Result<String, Error> {
    rpc.call("Req.Snapshot", &req).await
}

/// How the line begins that says that every request was answered.
pub(crate) const ANSWERED: &str = "answered ";

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where the server listens
    #[arg(long, value_name = "HOST:PORT")]
    connect: String,
    /// How many requests to send, one after the other
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    #[command(flatten)]
    reporting: Reporting,
}

/// Sends the requests; then reports what is left.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    role::run(&role::CLIENT, &options.reporting, until_asked_to_end(options))
}

async fn until_asked_to_end(options: &Options) -> Result<(), Error> {
    let (mut answered, requests) = (0, options.requests);
    tokio::select! {
        sent = send(options, &mut answered) => sent,
        () = asked_to_end(options.reporting.parent()) => Err(Error::Interrupted { answered, requests }),
    }
}

async fn send(options: &Options, answered: &mut u32) -> Result<(), Error> {
    let mut rpc = Rpc::connect(&options.connect).await?;
    let mut last = String::new();
    while *answered < options.requests {
        last = on_snapshot(&mut rpc).await?;
        *answered += 1;
    }
    say(&format!("{ANSWERED}{answered} requests, the last with: {last}"));
    Ok(())
}
