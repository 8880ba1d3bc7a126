//! The program mack in three languages, as child processes with the same options.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use skywalking_tests::child::Running;
use skywalking_tests::interop::{self, Missing};

/// The language and the libraries of a mack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Our layers for axum and reqwest.
    Rust,
    /// go2sky's HTTP plugin.
    Go,
    /// Flask and requests, with the Python agent's plugins.
    Python,
}

/// The protocol of an agent's reports. go2sky only supports gRPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    Http,
}

/// A link of a chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part(pub(crate) Language, pub(crate) Protocol);

impl Language {
    /// Returns the name of its service.
    pub(crate) const fn service(self) -> &'static str {
        match self {
            Self::Rust => "mack-rust",
            Self::Go => "mack-go",
            Self::Python => "mack-python",
        }
    }

    /// Returns the command with its own options. The program is built once in a run.
    fn command(self, protocol: Protocol) -> Result<Command, Missing> {
        static RUST: OnceLock<PathBuf> = OnceLock::new();
        static GO: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
        static PYTHON: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
        let target = env!("CARGO_TARGET_TMPDIR");
        let protocol = ["--protocol", if protocol == Protocol::Grpc { "grpc" } else { "http" }];
        match self {
            Self::Rust => {
                let mut command = Command::new(RUST.get_or_init(|| interop::ours("mack", target)));
                // The program ends with its standard input, as the others do.
                command.arg("--child").args(protocol);
                Ok(command)
            }
            Self::Go => GO.get_or_init(|| interop::go("gomack", target)).clone().map(Command::new),
            Self::Python => {
                let interpreter =
                    PYTHON.get_or_init(|| interop::python("flaskmack", target)).clone()?;
                let mut command = Command::new(interpreter);
                command.arg(interop::sources("flaskmack").join("mack.py")).args(protocol);
                Ok(command)
            }
        }
    }
}

/// A running mack. It is killed on drop.
pub(crate) struct Mack {
    pub(crate) service: &'static str,
    /// The address that it listens on.
    pub(crate) address: String,
    _running: Running,
}

impl Mack {
    /// Starts a mack with this service name, which calls `upstream`, and waits until it listens.
    pub(crate) fn start(
        service: &'static str,
        Part(language, protocol): Part,
        upstream: &str,
        backend: SocketAddr,
    ) -> Result<Self, Missing> {
        let mut command = language.command(protocol)?;
        command.args([
            "--service-name",
            service,
            "--listen-addr",
            "127.0.0.1:0",
            "--upstream-url",
            upstream,
            "--wait-ms",
            "0",
        ]);
        command
            .args(["--oap-server", &backend.to_string()])
            .env("SW_AGENT_INSTANCE_NAME", format!("{service}-1"));
        let running = Running::start(service, command);
        let url = running.wait_for_line("listening on http://");
        let address = url
            .strip_suffix("/mack")
            .unwrap_or_else(|| panic!("{service} printed {url:?}"))
            .to_owned();
        Ok(Self { service, address, _running: running })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mack", self.address)
    }
}
