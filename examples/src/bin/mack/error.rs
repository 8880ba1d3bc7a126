//! The errors of the program. Each names the value and the fix.

use std::io;
use std::net::SocketAddr;

use skywalking_examples::demo::{ChildError, Missing};

use crate::delivery::DeliveryCounts;

/// Why the program exits with a failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Names the option in place of the method of `Config`.
    #[error("{}", with_option(.0))]
    Agent(#[from] skywalking_runtime::Error),
    #[error("can't start a thread: {0}. Raise the limits for threads and files")]
    Runtime(io::Error),
    #[error(
        "can't listen on {address}: {source}. Set --listen-addr to an unused address of this machine (port 0 selects a free port)"
    )]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the server failed: {0}. Restart it")]
    Serve(io::Error),
    #[error("can't create the client for the upstream: {0}")]
    Upstream(reqwest::Error),
    #[error(transparent)]
    Collector(#[from] skywalking_collector::Error),
    #[error(
        "the echo server can't listen: {0}. Raise the limit for files, or check the loopback interface"
    )]
    Echo(io::Error),
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("can't call mack-1: {0}. See the output of the services above")]
    Request(reqwest::Error),
    #[error("mack-1 returned {0} instead of 200 OK. See the output of the services above")]
    Status(reqwest::StatusCode),
    #[error("the responses have no header x-trace-id. See the output of the services above")]
    Untraced,
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error(
        "all requests succeeded, but the collector refused the token of the services, so there is no trace to show: {0}. Run it without --wrong-token"
    )]
    WrongToken(DeliveryCounts),
    #[error(
        "all requests succeeded, but some segments were lost, so there is no complete trace to show: {0}. See the log above for the reason"
    )]
    Lost(DeliveryCounts),
    #[error("interrupted; all services were stopped")]
    Cancelled,
}

/// Returns the message of the runtime, with the option in place of the method of `Config`.
fn with_option(error: &skywalking_runtime::Error) -> String {
    const OPTIONS: [(&str, &str); 4] = [
        ("Config::new: ", "--service-name or SW_AGENT_NAME: "),
        ("Config::instance: ", "--instance-name or SW_AGENT_INSTANCE_NAME: "),
        ("Config::backend: ", "--oap-server or SW_AGENT_COLLECTOR_BACKEND_SERVICES: "),
        ("Config::token: ", "--authentication or SW_AGENT_AUTHENTICATION: "),
    ];
    let text = error.to_string();
    let with_option = OPTIONS.iter().find_map(|(method, option)| {
        text.strip_prefix(method).map(|rest| format!("{option}{rest}"))
    });
    with_option.unwrap_or(text)
}
