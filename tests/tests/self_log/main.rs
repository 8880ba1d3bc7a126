//! The log lines of an agent: their targets, their texts, and that writing them blocks nothing.
//!
//! A process has one subscriber, one logger and one standard error, so each case is a child
//! process: this binary with one of the ignored tests.

mod hostile;
mod losses;
mod misuse;
mod places;

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use skywalking_runtime::{Callsite, callsite, span};
use skywalking_tests::child::without_agent_variables;

/// An address where nothing listens. Connections are refused immediately.
const NOBODY: &str = "127.0.0.1:1";

/// Longer than any deadline of the agent.
const SLACK: Duration = Duration::from_secs(2);

static REQUEST: Callsite = callsite!(entry, "/request", layer = http);

fn requests(number: usize) {
    (0..number).for_each(|_| span(&REQUEST).run(|| {}));
}

/// The output of a child.
struct Ended {
    out: String,
    err: String,
}

impl Ended {
    /// Returns the agent's lines on standard error.
    fn agent_lines(&self) -> Vec<&str> {
        self.err.lines().filter(|line| line.starts_with("skywalking_runtime ")).collect()
    }
}

/// Runs one of the ignored tests with these variables, and no other `SW_*` variable.
#[track_caller]
fn child(name: &str, variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", name, "--ignored", "--nocapture"]).stdin(Stdio::null());
    let command = without_agent_variables(command.envs(variables.iter().copied()));
    let Output { status, stdout, stderr } = command.output().expect("it starts");
    let [out, err] = [stdout, stderr].map(|text| String::from_utf8(text).expect("text"));
    println!("{name}: {status}\n{out}\n{err}");
    assert!(status.success() && out.contains("1 passed"));
    Ended { out, err }
}

/// Ends a hanging child without a message, since standard error may be the reason.
fn watchdog() {
    std::thread::spawn(|| {
        std::thread::sleep(Duration::from_secs(60));
        std::process::abort();
    });
}

/// Runs work, and checks that it ends within the promised time.
#[track_caller]
fn within<R>(promise: Duration, work: impl FnOnce() -> R) -> R {
    let asked = Instant::now();
    let done = work();
    assert!(asked.elapsed() < promise + SLACK, "{:?}", asked.elapsed());
    done
}
