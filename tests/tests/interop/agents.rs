//! The agents, and how to start their programs.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use skywalking_tests::interop::{self, Missing};

/// The agent of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agent {
    /// Ours, in the example `snapshot`, which users copy.
    Example,
    /// Ours, in the program `seed`.
    Ours,
    Go,
    Python,
    /// The crate `skywalking`.
    Crate,
}

/// The protocol of its reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    Http,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Client,
    Server,
}

/// One of the two services.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub(crate) agent: Agent,
    pub(crate) protocol: Protocol,
    options: &'static [&'static str],
    unsampled: bool,
}

impl Agent {
    /// Reports by gRPC, which every agent supports.
    pub(crate) const fn plain(self) -> Side {
        self.with(&[])
    }

    /// With these options of the program.
    pub(crate) const fn with(self, options: &'static [&'static str]) -> Side {
        Side { agent: self, protocol: Protocol::Grpc, options, unsampled: false }
    }

    /// Returns the path of the program, built once in a run.
    fn program(self) -> Result<Command, Missing> {
        static EXAMPLE: OnceLock<PathBuf> = OnceLock::new();
        static GO: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
        static PYTHON: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
        static CRATE: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
        let target = env!("CARGO_TARGET_TMPDIR");
        match self {
            Self::Example => {
                Ok(Command::new(EXAMPLE.get_or_init(|| interop::ours("snapshot", target))))
            }
            Self::Ours => Ok(Command::new(env!("CARGO_BIN_EXE_seed"))),
            Self::Go => GO.get_or_init(|| interop::go("goseed", target)).clone().map(Command::new),
            Self::Crate => {
                CRATE.get_or_init(|| interop::cargo("crateseed", target)).clone().map(Command::new)
            }
            Self::Python => {
                let interpreter =
                    PYTHON.get_or_init(|| interop::python("pyseed", target)).clone()?;
                let mut command = Command::new(interpreter);
                command.arg(interop::sources("pyseed").join("seed.py"));
                Ok(command)
            }
        }
    }
}

impl Side {
    /// Reports by HTTP.
    pub(crate) const fn by_http(self) -> Self {
        Self { protocol: Protocol::Http, ..self }
    }

    /// With a sampler that records nothing.
    pub(crate) const fn unsampled(self) -> Self {
        Self { unsampled: true, ..self }
    }

    /// Returns the command that starts it.
    pub(crate) fn command(self, role: Role, backend: &str) -> Result<Command, Missing> {
        let mut command = self.agent.program()?;
        command
            .arg(if role == Role::Client { "client" } else { "server" })
            .args(["--backend", backend])
            .args(self.options);
        if self.protocol == Protocol::Http {
            command.args(["--protocol", "http"]);
        }
        match self.agent {
            // The program ends with its standard input, as the others do.
            Agent::Example => drop(command.arg("--child")),
            Agent::Ours if self.unsampled => drop(command.env("SW_AGENT_SAMPLE_RATE", "0")),
            _ if self.unsampled => drop(command.arg("--unsampled")),
            _ => {}
        }
        Ok(command)
    }
}
