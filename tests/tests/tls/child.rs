//! The agent in a child process.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use skywalking_runtime::{Callsite, callsite, span};
use skywalking_tests::child::{TIMEOUT, without_agent_variables};
use skywalking_tests::polling::poll_until;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};

pub(crate) static REQUEST: Callsite = callsite!(entry, "/request", layer = http);

/// Installs a provider with which no connection can be opened, as the default of the process.
const OTHER_PROVIDER: &str = "SW_TESTING_OTHER_PROVIDER";

/// In all tokens and passwords of the tests, also in Base64 (`.ci/secrets`).
const SECRETS: [&str; 2] = ["s3cret", "czNjcmV0"];

/// An agent that sends a request every 50 ms.
pub(crate) struct Agent {
    child: Child,
    secrets: Vec<String>,
    out: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// Starts an agent with these variables. Its output must not contain these secrets, nor any token
/// or password.
pub(crate) fn agent(variables: &[(&str, &str)], secrets: &[String]) -> Agent {
    start("child::traces_until_stdin_closes", variables, secrets)
}

/// Starts an ignored test as a child.
pub(crate) fn start(test: &str, variables: &[(&str, &str)], secrets: &[String]) -> Agent {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs([("SW_AGENT_NAME", "svc"), ("SW_AGENT_INSTANCE_NAME", "one")]);
    // The backends of these tests count batches of segments.
    command.envs([
        ("SW_AGENT_LIFECYCLE_EVENTS", "false"),
        ("SW_AGENT_METER_REPORTER_ACTIVE", "false"),
    ]);
    let command = without_agent_variables(command.envs(variables.iter().copied()));
    let mut child = command.spawn().expect("it starts");
    let out = Arc::new(Mutex::new(String::new()));
    let streams: [Box<dyn std::io::Read + Send>; 2] = [
        Box::new(child.stdout.take().expect("a pipe")),
        Box::new(child.stderr.take().expect("a pipe")),
    ];
    let readers = streams.map(|mut stream| {
        let out = Arc::clone(&out);
        std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                out.lock().expect("text").push_str(&String::from_utf8_lossy(&piece[..length]));
            }
        })
    });
    Agent { child, secrets: secrets.to_vec(), out, readers: readers.into() }
}

/// Starts an agent in a program that has installed another provider of cryptography.
pub(crate) fn agent_beside_other_provider(variables: &[(&str, &str)], secrets: &[String]) -> Agent {
    let mut all = variables.to_vec();
    all.push((OTHER_PROVIDER, "1"));
    agent(&all, secrets)
}

impl Agent {
    pub(crate) fn output(&self) -> String {
        self.out.lock().expect("text").clone()
    }

    /// Waits until the output contains `part`.
    #[track_caller]
    pub(crate) fn wait_for(&self, part: &str) {
        let found = poll_until(TIMEOUT, || self.output().contains(part));
        assert!(found, "no {part:?} in {}", self.output());
    }

    /// Adds secrets that must not be in the output.
    pub(crate) fn hide(&mut self, secrets: Vec<String>) {
        self.secrets.extend(secrets);
    }

    /// Begins the end of the agent.
    pub(crate) fn close(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Ends the agent, and returns its output.
    ///
    /// # Panics
    /// If the shutdown takes too long, or a secret is in the output.
    #[track_caller]
    pub(crate) fn end(mut self) -> String {
        self.close();
        let mut status = None;
        poll_until(TIMEOUT, || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader");
        }
        let output = self.output();
        println!("{output}");
        assert!(status.is_some_and(|status| status.success()), "{status:?}");
        for secret in self.secrets.iter().map(String::as_str).chain(SECRETS) {
            assert!(!output.contains(secret), "a secret is in the output");
        }
        output
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Returns a flag that is set when the standard input of this child is closed.
pub(crate) fn stdin_closed() -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ended);
    std::thread::spawn(move || {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        end.store(true, Ordering::Relaxed);
    });
    ended
}

#[test]
#[ignore = "run by the other tests as a child"]
fn traces_until_stdin_closes() {
    if std::env::var_os(OTHER_PROVIDER).is_some() {
        let other = CryptoProvider { cipher_suites: Vec::new(), ..ring::default_provider() };
        other.install_default().expect("the first one");
    }
    let agent = match skywalking_runtime::init() {
        Ok(agent) => agent,
        Err(error) => {
            println!("error={error} {error:?}");
            return;
        }
    };
    println!("{agent:?}");
    let ended = stdin_closed();
    while !ended.load(Ordering::Relaxed) {
        span(&REQUEST).run(|| {});
        agent.flush(Duration::from_millis(50));
    }
    span(&REQUEST).run(|| {});
    let asked = Instant::now();
    let report = agent.shutdown(Duration::from_secs(1));
    let took = asked.elapsed();
    println!("shutdown took {took:?}: {report:?}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}
