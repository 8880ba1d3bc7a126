//! Runs the programs as child processes, with a deadline for every wait.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use skywalking_collector::Collector;

/// The deadline of a wait. It is long, since test machines are slow.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) fn snapshot() -> Command {
    Command::new(env!("CARGO_BIN_EXE_snapshot"))
}

/// Starts a collector on free ports, with a token if one is given.
pub(crate) async fn collector(token: Option<&str>) -> Collector {
    let builder = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
    let builder = if let Some(token) = token { builder.token(token) } else { builder };
    builder.start().await.unwrap()
}

/// A running program. Killed on drop.
pub(crate) struct Running {
    child: Child,
    out: Lines,
    err: Lines,
}

/// The output and the exit status of a program.
#[derive(Debug)]
pub(crate) struct Exited {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The lines of a stream. A thread reads them, so that the program never blocks on its output.
struct Lines {
    lines: Receiver<String>,
    seen: String,
}

impl Lines {
    fn of(stream: impl std::io::Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { lines, seen: String::new() }
    }

    /// Waits for a line that contains `text`. Returns the rest of the line.
    fn after(&mut self, text: &str) -> String {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let line = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let line = line.unwrap_or_else(|_| panic!("{text:?} is not in: {}", self.seen));
            self.seen.push_str(&line);
            self.seen.push('\n');
            if let Some((_, rest)) = line.split_once(text) {
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

    /// Waits for a line of standard output that contains `text`. Returns the rest of the line.
    pub(crate) fn stdout_after(&mut self, text: &str) -> String {
        self.out.after(text)
    }

    /// Waits for a line of standard error that contains `text`. Returns the rest of the line.
    pub(crate) fn stderr_after(&mut self, text: &str) -> String {
        self.err.after(text)
    }

    /// Waits for the exit.
    pub(crate) fn wait(mut self) -> Exited {
        until("the program exits", || self.child.try_wait().unwrap().is_some());
        let status = self.child.wait().unwrap();
        let (out, err) = (
            std::mem::replace(&mut self.out, Lines::of(std::io::empty())),
            std::mem::replace(&mut self.err, Lines::of(std::io::empty())),
        );
        let (out, err) = (out.all(), err.all());
        println!("{out}{err}");
        Exited { status, out, err }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its exit.
pub(crate) fn run(command: &mut Command) -> Exited {
    Running::start(command).wait()
}

impl Exited {
    pub(crate) fn succeeded(self) -> Self {
        assert!(self.status.success(), "{self:#?}");
        self
    }

    pub(crate) fn failed(self) -> Self {
        assert_eq!(self.status.code(), Some(1), "{self:#?}");
        self
    }

    /// Returns the ids of the lines `trace <id>`.
    pub(crate) fn traces(&self) -> Vec<&str> {
        self.out.lines().filter_map(|line| line.strip_prefix("trace ")).collect()
    }

    /// Returns a counter of the JSON line of a role, by its path.
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

/// Polls a condition every 5 ms until it holds. Panics after [`TIMEOUT`].
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !condition() {
        assert!(Instant::now() < deadline, "timed out after {TIMEOUT:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends SIGKILL.
pub(crate) fn kill(id: &str) {
    assert!(Command::new("kill").args(["-KILL", id]).status().unwrap().success());
}

/// Returns whether a process with this id is running. A zombie is not.
pub(crate) fn is_running(id: &str) -> bool {
    let mut status = String::new();
    let read = std::fs::File::open(format!("/proc/{id}/stat"))
        .and_then(|mut file| file.read_to_string(&mut status));
    read.is_ok() && !status.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z')
}

/// Sends SIGINT, like Ctrl-C.
pub(crate) fn interrupt(id: u32) {
    assert!(Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap().success());
}

/// Sends a GET request. Returns head and body of the response.
pub(crate) fn get(address: &str, path: &str, headers: &str) -> (String, String) {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n")
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Replaces trace ids and durations by stable names, and removes the bars.
pub(crate) fn normalized(text: &str, traces: &[&str]) -> String {
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

/// Replaces ports of this machine by numbers, in the order of their first occurrence.
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
