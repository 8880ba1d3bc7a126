//! The programs as child processes, with a deadline on everything that is waited for.
//!
//! Each test file uses its part of it.
#![allow(dead_code)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take that takes no time of its own: long, as test machines are slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn snapshot() -> Command {
    Command::new(env!("CARGO_BIN_EXE_snapshot"))
}

/// A program that runs; killed when dropped.
pub(crate) struct Running {
    child: Child,
    out: Lines,
    err: Lines,
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The lines of a stream, read by a thread of their own so that the program never waits for its
/// reader.
struct Lines {
    lines: Receiver<String>,
    seen: String,
}

impl Lines {
    fn of(stream: impl std::io::Read + Send + 'static) -> Self {
        let (said, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        Self { lines, seen: String::new() }
    }

    /// The rest of the first line with this in it.
    fn after(&mut self, mark: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let line = line.unwrap_or_else(|_| panic!("{mark:?} was not said, but: {}", self.seen));
            self.seen.push_str(&line);
            self.seen.push('\n');
            if let Some((_, rest)) = line.split_once(mark) {
                return rest.to_owned();
            }
        }
    }

    fn all(mut self) -> String {
        for line in &self.lines {
            self.seen.push_str(&line);
            self.seen.push('\n');
        }
        self.seen
    }
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = Lines::of(child.stdout.take().unwrap());
        let err = Lines::of(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of standard output; gives what stands after `mark`.
    pub(crate) fn says(&mut self, mark: &str) -> String {
        self.out.after(mark)
    }

    /// The same of standard error.
    pub(crate) fn complains(&mut self, mark: &str) -> String {
        self.err.after(mark)
    }

    /// Waits for the end.
    pub(crate) fn ended(mut self) -> Ended {
        until("the program ends", || self.child.try_wait().unwrap().is_some());
        let status = self.child.wait().unwrap();
        let (out, err) = (
            std::mem::replace(&mut self.out, Lines::of(std::io::empty())),
            std::mem::replace(&mut self.err, Lines::of(std::io::empty())),
        );
        Ended { status, out: out.all(), err: err.all() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    Running::start(command).ended()
}

impl Ended {
    pub(crate) fn succeeded(self) -> Self {
        assert!(self.status.success(), "{self:#?}");
        self
    }

    pub(crate) fn failed(self) -> Self {
        assert_eq!(self.status.code(), Some(1), "{self:#?}");
        self
    }

    /// The ids of the lines `trace <id>`.
    pub(crate) fn traces(&self) -> Vec<&str> {
        self.out.lines().filter_map(|line| line.strip_prefix("trace ")).collect()
    }

    /// A counter of a role's line of JSON, by its path.
    pub(crate) fn counter(&self, role: &str, path: &str) -> u64 {
        let lines = self
            .out
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let line = lines.into_iter().find(|line| line["role"] == role);
        let line = line.unwrap_or_else(|| panic!("no counters of the {role}: {self:#?}"));
        line.pointer(path)
            .and_then(serde_json::Value::as_u64)
            .unwrap_or_else(|| panic!("no {path}: {line}"))
    }
}

/// Waits for a condition that nothing tells of, by looking again.
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends SIGKILL.
pub(crate) fn kill(id: &str) {
    assert!(Command::new("kill").args(["-KILL", id]).status().unwrap().success());
}

/// Whether a process with this id runs (one that ended and was not waited for does not).
pub(crate) fn is_running(id: &str) -> bool {
    let mut status = String::new();
    let read = std::fs::File::open(format!("/proc/{id}/stat"))
        .and_then(|mut file| file.read_to_string(&mut status));
    read.is_ok() && !status.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z')
}

/// Sends SIGINT, as Ctrl-C does.
pub(crate) fn interrupt(id: u32) {
    assert!(Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap().success());
}

/// `GET`: the head and the body of the answer.
pub(crate) fn get(address: &str, path: &str, headers: &str) -> (String, String) {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// What differs from run to run gets a stable name: ids of traces and durations; bars are left out.
pub(crate) fn normalised(text: &str, traces: &[&str]) -> String {
    let named = traces
        .iter()
        .enumerate()
        .fold(text.to_owned(), |text, (at, id)| text.replace(id, &format!("<id {at}>")));
    named.lines().map(untimed).collect::<Vec<_>>().join("\n")
}

fn untimed(line: &str) -> String {
    let indent = &line[..line.len() - line.trim_start().len()];
    let bar = line.find(" [").zip(line.find(']'));
    let line =
        bar.map_or(line.to_owned(), |(from, to)| format!("{}{}", &line[..from], &line[to + 1..]));
    let words: Vec<_> = line.split_whitespace().collect();
    let is_time = |at: usize| {
        let unit = words.get(at + 1).map(|word| word.trim_end_matches(','));
        unit.is_some_and(|unit| ["ms", "s"].contains(&unit)) && words[at].parse::<f64>().is_ok()
    };
    let kept = (0..words.len()).filter(|at| !is_time(*at)).map(|at| match at.checked_sub(1) {
        Some(before) if is_time(before) => {
            format!("<time>{}", if words[at].ends_with(',') { "," } else { "" })
        }
        _ => words[at].to_owned(),
    });
    format!("{indent}{}", kept.collect::<Vec<_>>().join(" "))
}

/// The ports of this machine, numbered by when they come up.
pub(crate) fn with_ports_named(text: &str) -> String {
    const HOST: &str = "127.0.0.1:";
    let mut ports: Vec<&str> = Vec::new();
    let mut pieces = text.split(HOST);
    let mut named = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (port, rest) =
            piece.split_at(piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len()));
        let number = ports.iter().position(|known| *known == port).unwrap_or_else(|| {
            ports.push(port);
            ports.len() - 1
        });
        named.extend([HOST, "<", &number.to_string(), ">", rest]);
    }
    named
}
