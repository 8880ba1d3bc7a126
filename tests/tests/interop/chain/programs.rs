//! The program mack in three languages, as child processes with the same options.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use skywalking_tests::child::Running;
use skywalking_tests::interop::{self, Missing};

use crate::chain::stage::Stage;

/// What a mack is written in and with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Our layers for axum and reqwest.
    Rust,
    /// go2sky's HTTP plugin.
    Go,
    /// Flask and requests, with the Python agent's plugins.
    Python,
}

/// How its agent reports. go2sky knows gRPC alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Grpc,
    Http,
}

/// A link of a chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part(pub(crate) Language, pub(crate) Way);

impl Language {
    /// What such a mack calls itself.
    pub(crate) const fn service(self) -> &'static str {
        match self {
            Self::Rust => "mack-rust",
            Self::Go => "mack-go",
            Self::Python => "mack-python",
        }
    }

    /// The program, built once a run, with the options that are its own.
    fn command(self, way: Way) -> Result<Command, Missing> {
        static RUST: OnceLock<PathBuf> = OnceLock::new();
        static GO: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
        static PYTHON: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
        let target = env!("CARGO_TARGET_TMPDIR");
        let protocol = ["--protocol", if way == Way::Grpc { "grpc" } else { "http" }];
        match self {
            Self::Rust => {
                let mut command = Command::new(RUST.get_or_init(|| interop::ours("mack", target)));
                // It ends with its standard input, as the others always do.
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

/// A mack that runs, until this is dropped.
pub(crate) struct Mack {
    pub(crate) service: &'static str,
    /// Where it listens.
    pub(crate) address: String,
    _running: Running,
}

impl Mack {
    /// Starts one that calls `upstream`, and waits until it listens.
    pub(crate) fn start(
        Part(language, way): Part,
        upstream: &str,
        stage: &Stage,
    ) -> Result<Self, Missing> {
        let (service, mut command) = (language.service(), language.command(way)?);
        let backend = match way {
            Way::Grpc => stage.collector.grpc_addr(),
            Way::Http => stage.collector.http_addr(),
        };
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
        let url = running.says("listening on http://");
        let address = url
            .strip_suffix("/mack")
            .unwrap_or_else(|| panic!("{service} says {url:?}"))
            .to_owned();
        Ok(Self { service, address, _running: running })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mack", self.address)
    }
}
