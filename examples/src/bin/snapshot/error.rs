//! What can go wrong: with which value, and what to do.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use skywalking_examples::demo::{ChildError, Missing};

/// Why a program ends with an exit code other than 0.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Agent(#[from] skywalking_runtime::Error),
    #[error(transparent)]
    Collector(#[from] skywalking_collector::Error),
    #[error("no thread can be started: {0}. Raise the limits on threads and files")]
    Runtime(io::Error),
    #[error(
        "can't listen on {address}: {source}. Give --listen an address of this machine whose port no program uses (port 0 takes a free one)"
    )]
    Listen { address: SocketAddr, source: io::Error },
    #[error(
        "can't connect to {address:?}: {source}. Start `snapshot server` first, and give the HOST:PORT that it prints"
    )]
    Connect { address: String, source: io::Error },
    #[error("the connection to the server broke: {0}. Look whether it still runs")]
    Broken(#[from] io::Error),
    #[error("the server closed the connection. Look at what it says of the reason")]
    Closed,
    #[error("no answer within {0:?}. Look whether the server is stopped, or too busy")]
    NoAnswer(Duration),
    #[error("a frame that can't be read: {0}. Both sides have to be this program")]
    Frame(#[from] serde_json::Error),
    #[error("there is no method {0:?}: call \"Req.Snapshot\"")]
    NoMethod(String),
    #[error("asked to end after {answered} of {requests} requests. Run it again for the others")]
    Interrupted { answered: u32, requests: u32 },
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error("interrupted; both roles were ended")]
    Cancelled,
}
