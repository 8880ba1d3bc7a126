//! The errors of the program. Each names the value and the fix.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use skywalking_examples::demo::{ChildError, Missing};

/// Why the program exits with a failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Agent(#[from] skywalking_runtime::Error),
    #[error(transparent)]
    Collector(#[from] skywalking_collector::Error),
    #[error("can't start a thread: {0}. Raise the limits for threads and files")]
    Runtime(io::Error),
    #[error(
        "can't listen on {address}: {source}. Set --listen to an unused address of this machine (port 0 selects a free port)"
    )]
    Listen { address: SocketAddr, source: io::Error },
    #[error(
        "can't connect to {address:?}: {source}. Start `snapshot server` first, and use the HOST:PORT that it prints"
    )]
    Connect { address: String, source: io::Error },
    #[error("lost the connection to the server: {0}. Check that it is running")]
    Broken(#[from] io::Error),
    #[error("the server closed the connection. See its log for the reason")]
    Closed,
    #[error(
        "timed out after {0:?} waiting for a response. Check that the server is running and not too busy"
    )]
    Timeout(Duration),
    #[error("invalid frame: {0}. Both sides must be this program")]
    Frame(#[from] serde_json::Error),
    #[error("unknown method {0:?}: call \"Req.Snapshot\"")]
    UnknownMethod(String),
    #[error("interrupted after {answered} of {requests} requests. Run it again for the others")]
    Interrupted { answered: u32, requests: u32 },
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error("interrupted; both roles were stopped")]
    Cancelled,
}
