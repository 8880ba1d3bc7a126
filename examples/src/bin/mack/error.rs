//! What can go wrong: with which value, and what to do.

use std::io;
use std::net::SocketAddr;

use skywalking_examples::demo::{ChildError, Missing};

use crate::account::Account;

/// Why the program ends with an exit code other than 0.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// In the words of the command line.
    #[error("{}", by_option(.0))]
    Agent(#[from] skywalking_runtime::Error),
    #[error("no thread can be started: {0}. Raise the limits on threads and files")]
    Runtime(io::Error),
    #[error(
        "can't listen on {address}: {source}. Give --listen-addr an address of this machine whose port no program uses (port 0 takes a free one)"
    )]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the server failed: {0}. Start it again")]
    Serve(io::Error),
    #[error("no client for the upstream: {0}")]
    Upstream(#[from] skywalking_reqwest::Error),
    #[error(transparent)]
    Collector(#[from] skywalking_collector::Error),
    #[error(
        "the echo server can't listen: {0}. Raise the limits on files, or look at the loopback interface"
    )]
    Echo(io::Error),
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("mack-1 can't be asked: {0}. Look at what the services said above")]
    Request(reqwest::Error),
    #[error("mack-1 answered {0} instead of 200 OK. Look at what the services said above")]
    Status(reqwest::StatusCode),
    #[error("the answers have no header x-trace-id. Look at what the services said above")]
    Untraced,
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error(
        "every request was answered, but the collector refused the services' token, so that there is no trace to show: {0}. Run it without --wrong-token"
    )]
    WrongToken(Account),
    #[error(
        "every request was answered, but not all segments arrived, so that there is no whole trace to show: {0}. Look above for the reason"
    )]
    Lost(Account),
    #[error("interrupted; all services were ended")]
    Cancelled,
}

/// The runtime's words, with what the user set in place of the method that it sets.
fn by_option(error: &skywalking_runtime::Error) -> String {
    const OPTIONS: [(&str, &str); 4] = [
        ("Config::new: ", "--service-name or SW_AGENT_NAME: "),
        ("Config::instance: ", "--instance-name or SW_AGENT_INSTANCE_NAME: "),
        ("Config::backend: ", "--oap-server or SW_AGENT_COLLECTOR_BACKEND_SERVICES: "),
        ("Config::token: ", "--authentication or SW_AGENT_AUTHENTICATION: "),
    ];
    let text = error.to_string();
    let by_option = OPTIONS.iter().find_map(|(method, option)| {
        text.strip_prefix(method).map(|rest| format!("{option}{rest}"))
    });
    by_option.unwrap_or(text)
}
