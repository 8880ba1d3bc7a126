//! The program mack in three languages, as child processes with the same options.

use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use skywalking_tests::interop::{self, Missing};

use crate::ours;
use crate::stage::{PATIENCE, Stage};

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
                let mut command = Command::new(RUST.get_or_init(ours::build));
                // It ends with its standard input, as the others always do.
                command.arg("--child").args(protocol);
                Ok(command)
            }
            Self::Go => GO.get_or_init(|| interop::go("gomack", target)).clone().map(Command::new),
            Self::Python => {
                let interpreter = PYTHON.get_or_init(|| interop::python("flaskmack", target)).clone()?;
                let mut command = Command::new(interpreter);
                command.arg(interop::sources("flaskmack").join("mack.py")).args(protocol);
                Ok(command)
            }
        }
    }
}

/// A mack that runs. It is killed when this is dropped; what it said on standard error is shown where a test fails.
pub(crate) struct Mack {
    pub(crate) service: &'static str,
    /// Where it listens.
    pub(crate) address: String,
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Mack {
    /// Starts one that calls `upstream`, and waits until it listens.
    pub(crate) fn start(Part(language, way): Part, upstream: &str, stage: &Stage) -> Result<Self, Missing> {
        let (service, mut command) = (language.service(), language.command(way)?);
        let backend = match way {
            Way::Grpc => stage.collector.grpc_addr(),
            Way::Http => stage.collector.http_addr(),
        };
        command.args(["--service-name", service, "--listen-addr", "127.0.0.1:0", "--upstream-url", upstream, "--wait-ms", "0"]);
        command.args(["--oap-server", &backend.to_string()]);
        untouched(&mut command).env("SW_AGENT_INSTANCE_NAME", format!("{service}-1"));
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut mack = Self { service, address: String::new(), child, said: Arc::default() };
        let said = Arc::clone(&mack.said);
        follow(mack.child.stderr.take().expect("a pipe"), move |line| {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_str(&line);
            said.push('\n');
        });
        mack.address = mack.ready();
        Ok(mack)
    }

    fn ready(&mut self) -> String {
        let (tell, lines) = channel();
        follow(self.child.stdout.take().expect("a pipe"), move |line| drop(tell.send(line)));
        let lines: Receiver<String> = lines;
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{} does not listen", self.service));
        let url = line.strip_prefix("listening on http://").and_then(|url| url.strip_suffix("/mack"));
        url.unwrap_or_else(|| panic!("{} says {line:?}", self.service)).to_owned()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mack", self.address)
    }
}

impl Drop for Mack {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("{} said:\n{}", self.service, self.said.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// Without the settings and the proxies of whoever runs the test.
fn untouched(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let known = name.to_string_lossy().to_ascii_lowercase();
        if known.starts_with("sw_") || known.ends_with("_proxy") {
            command.env_remove(name);
        }
    }
    command
}

/// Hands over each line, on a thread of its own, so that the program never waits for its reader.
fn follow(stream: impl Read + Send + 'static, take: impl Fn(String) + Send + 'static) {
    std::thread::spawn(move || BufReader::new(stream).lines().map_while(Result::ok).for_each(take));
}
