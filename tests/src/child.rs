//! Runs child processes. Threads read their output, and no child outlives the test.
//!
//! The standard input of a child is a pipe. The child ends when the pipe closes, so it also ends
//! when the test is killed.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The timeout of all waits.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// A running child process. It is killed on drop. If the test fails, its standard error is printed.
pub struct Running {
    name: String,
    child: Child,
    lines: Receiver<String>,
    stderr: Arc<Stderr>,
}

/// The text of standard error, with a signal for new lines.
#[derive(Default)]
struct Stderr {
    text: Mutex<String>,
    more: Condvar,
}

impl Running {
    /// Starts the program. It inherits neither agent settings nor proxies of the environment, only
    /// those that the command sets.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(name: &str, mut command: Command) -> Self {
        let command = without_agent_variables(&mut command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let (send, lines) = channel();
        follow(child.stdout.take().expect("a pipe"), move |line| drop(send.send(line)));
        let stderr = Arc::<Stderr>::default();
        let kept = Arc::clone(&stderr);
        follow(child.stderr.take().expect("a pipe"), move |line| {
            let mut text = kept.text.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&line);
            text.push('\n');
            kept.more.notify_all();
        });
        Self { name: name.to_owned(), child, lines, stderr }
    }

    /// Waits for a line of standard output with this prefix. Returns the rest of the line.
    ///
    /// # Panics
    /// If there is none before the timeout, or before the program ends.
    #[track_caller]
    pub fn wait_for_line(&self, mark: &str) -> String {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let line = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let line = line
                .unwrap_or_else(|error| panic!("{} printed no line {mark:?}: {error}", self.name));
            if let Some(rest) = line.strip_prefix(mark) {
                return rest.to_owned();
            }
        }
    }

    /// Returns the new lines of standard output.
    pub fn new_lines(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// Closes its standard input, which makes it shut down.
    pub fn close(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Waits until standard error contains `part`.
    ///
    /// # Panics
    /// On a timeout.
    #[track_caller]
    pub fn wait_for_stderr(&self, part: &str) {
        let text = self.stderr.text.lock().unwrap_or_else(PoisonError::into_inner);
        let waited =
            self.stderr.more.wait_timeout_while(text, TIMEOUT, |text| !text.contains(part));
        let (text, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // Release the lock, so that the drop can print the text.
        let (found, text) = (text.contains(part), String::clone(&text));
        assert!(found, "{} did not print {part:?} to standard error, but: {text}", self.name);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            let lines = self.stderr.text.lock().unwrap_or_else(PoisonError::into_inner);
            eprintln!("standard error of {}:\n{lines}", self.name);
        }
    }
}

/// Removes agent settings and proxies from the inherited environment of a command. Keeps those that
/// the command sets, and the settings of tests.
pub fn without_agent_variables(command: &mut Command) -> &mut Command {
    let given: Vec<_> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    for (name, _) in std::env::vars_os().filter(|(name, _)| !given.contains(name)) {
        let known = name.to_string_lossy().to_ascii_lowercase();
        // `SW_TESTING_*` configures all tests.
        if (known.starts_with("sw_") && !known.starts_with("sw_testing_"))
            || known.ends_with("_proxy")
        {
            command.env_remove(name);
        }
    }
    command
}

/// Prints each line and passes it to `take`, on a new thread, so that the program never blocks on a
/// full pipe.
fn follow(stream: impl Read + Send + 'static, take: impl Fn(String) + Send + 'static) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            println!("{line}");
            take(line);
        }
    });
}
