//! Runs scenes of the program `hostile`.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use skywalking_collector::Collector;
use skywalking_tests::child::{TIMEOUT, without_agent_variables};
use skywalking_tests::polling::poll_until;
use tokio::runtime::Runtime;

/// Standard error of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stderr {
    Read,
    /// A pipe that nothing reads.
    Full,
    /// A pipe with a closed reading end.
    Closed,
}

/// A run that has ended by itself.
#[derive(Debug)]
pub(crate) struct Ended {
    lines: Vec<String>,
    pub(crate) stderr: String,
}

impl Ended {
    /// Returns the values of the lines `key=value`.
    pub(crate) fn all(&self, key: &str) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
    }

    /// Returns the value of the only line `key=value`.
    #[track_caller]
    pub(crate) fn one(&self, key: &str) -> &str {
        let [value] = self.all(key)[..] else { panic!("not one line {key}: {self:#?}") };
        value
    }
}

/// Runs a scene to its end.
#[track_caller]
pub(crate) fn run(arguments: &[&str]) -> Ended {
    run_with(arguments, Stderr::Read, &[])
}

/// Runs a scene with this standard error and these variables.
///
/// # Panics
/// If the program does not end by itself in time, if it fails, or if one of its threads has
/// panicked.
#[track_caller]
pub(crate) fn run_with(arguments: &[&str], stderr: Stderr, variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hostile"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let command = without_agent_variables(command.envs(variables.iter().copied()));
    let mut child = Kill(command.spawn().expect("the program starts"));
    let out = read(child.0.stdout.take().expect("a pipe"));
    let mut errors = child.0.stderr.take();
    let err = match stderr {
        Stderr::Read => errors.take().map(read),
        Stderr::Closed => {
            drop(errors.take());
            None
        }
        Stderr::Full => None,
    };
    let mut status = None;
    poll_until(TIMEOUT, || {
        status = child.0.try_wait().expect("a child");
        status.is_some()
    });
    drop(child);
    drop(errors);
    let text = out.join().expect("a reader");
    let stderr = err.map(|err| err.join().expect("a reader")).unwrap_or_default();
    println!("{text}{stderr}");
    let ended = Ended { lines: text.lines().map(str::to_owned).collect(), stderr };
    assert!(
        status.is_some_and(|status| status.success()),
        "{arguments:?} ended with {status:?}: {ended:#?}"
    );
    assert_eq!(ended.one("panics"), "0", "{arguments:?}: {ended:#?}");
    ended
}

struct Kill(Child);

impl Drop for Kill {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn read(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(from.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Makes look-ups of names without dots hang: the resolver reads a list of aliases from a pipe that
/// nothing writes to.
pub(crate) struct HangingNames(PathBuf);

impl HangingNames {
    pub(crate) fn new(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("aliases-{test}-{}", std::process::id()));
        drop(std::fs::remove_file(&path));
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo");
        assert!(made.success());
        Self(path)
    }

    pub(crate) fn variable(&self) -> (&str, &str) {
        ("HOSTALIASES", self.0.to_str().expect("a path in UTF-8"))
    }
}

impl Drop for HangingNames {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// A collector on its own runtime.
pub(crate) fn collector() -> (Runtime, Collector) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let builder = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
    let collector = runtime.block_on(builder.start()).expect("a collector");
    (runtime, collector)
}
