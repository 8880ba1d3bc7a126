//! Programs that a test starts: what they say is read by threads of their own, and none of them
//! outlives the test.
//!
//! Each holds the reading end of a pipe as its standard input and ends when that closes, so it ends
//! with a test that is killed as well.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For what never comes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A program that runs. It is killed when this is dropped; what it said on standard error is shown
/// where a test fails.
pub struct Running {
    name: String,
    child: Child,
    said: Receiver<String>,
    complained: Arc<Complaints>,
}

/// What was said on standard error, and a way to wait for more of it.
#[derive(Default)]
struct Complaints {
    text: Mutex<String>,
    more: Condvar,
}

impl Running {
    /// Starts it, without the settings and the proxies of whoever runs the test, but with those
    /// that the command was given.
    ///
    /// # Panics
    /// If it can't be started.
    pub fn start(name: &str, mut command: Command) -> Self {
        let command = untouched(&mut command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let (tell, said) = channel();
        follow(child.stdout.take().expect("a pipe"), move |line| drop(tell.send(line)));
        let complained = Arc::<Complaints>::default();
        let kept = Arc::clone(&complained);
        follow(child.stderr.take().expect("a pipe"), move |line| {
            let mut text = kept.text.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&line);
            text.push('\n');
            kept.more.notify_all();
        });
        Self { name: name.to_owned(), child, said, complained }
    }

    /// Waits for a line of standard output that begins so; gives the rest of it.
    ///
    /// # Panics
    /// If there is none in time, or before the program ends.
    #[track_caller]
    pub fn says(&self, mark: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = self.said.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let line =
                line.unwrap_or_else(|error| panic!("{} does not say {mark:?}: {error}", self.name));
            if let Some(rest) = line.strip_prefix(mark) {
                return rest.to_owned();
            }
        }
    }

    /// Takes the lines that came on standard output since the last look.
    pub fn said(&self) -> Vec<String> {
        self.said.try_iter().collect()
    }

    /// Closes its standard input, which ends it in its own time.
    pub fn close(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Waits until this stands in what it said on standard error.
    ///
    /// # Panics
    /// If it does not in time.
    #[track_caller]
    pub fn complains(&self, part: &str) {
        let text = self.complained.text.lock().unwrap_or_else(PoisonError::into_inner);
        let waited =
            self.complained.more.wait_timeout_while(text, PATIENCE, |text| !text.contains(part));
        let (text, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // Let go, or the drop could not show the rest.
        let (found, text) = (text.contains(part), String::clone(&text));
        assert!(found, "{} does not complain of {part:?} but: {text}", self.name);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            let said = self.complained.text.lock().unwrap_or_else(PoisonError::into_inner);
            eprintln!("{} said:\n{said}", self.name);
        }
    }
}

/// Removes the settings and the proxies of whoever runs the test from the environment of a command,
/// but not what the command was given, and not the settings of the tests.
pub fn untouched(command: &mut Command) -> &mut Command {
    let given: Vec<_> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    for (name, _) in std::env::vars_os().filter(|(name, _)| !given.contains(name)) {
        let known = name.to_string_lossy().to_ascii_lowercase();
        // Those that say how tests are done are everybody's.
        if (known.starts_with("sw_") && !known.starts_with("sw_testing_"))
            || known.ends_with("_proxy")
        {
            command.env_remove(name);
        }
    }
    command
}

/// Hands over each line, on a thread of its own, so that the program never waits for its reader.
fn follow(stream: impl Read + Send + 'static, take: impl Fn(String) + Send + 'static) {
    std::thread::spawn(move || BufReader::new(stream).lines().map_while(Result::ok).for_each(take));
}
