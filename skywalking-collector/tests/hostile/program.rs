//! The program under attack: its process, its memory and its counters.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::raw;

/// A running program. Killed on drop.
pub(crate) struct Program {
    child: Child,
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
    headers: String,
}

impl Program {
    pub(crate) fn start(token: Option<&str>, options: &[String]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skywalking-collector"));
        command.args(["--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"]).args(options);
        if let Some(token) = token {
            command.env("SW_COLLECTOR_TOKEN", token);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut address = |prefix: &str| {
            let line = lines.next().expect("a line").expect("text");
            line.strip_prefix(prefix).expect(prefix).parse().expect("an address")
        };
        let (grpc, http) = (address("grpc listening on "), address("http listening on "));
        let headers = token.map(|token| format!("authentication: {token}\r\n")).unwrap_or_default();
        Self { child, grpc, http, headers }
    }

    /// Returns the JSON of a query.
    pub(crate) async fn query(&self, path: &str) -> Value {
        let request = raw::get(path, &self.headers);
        let response = raw::exchange(self.http, &request, false).await.expect("a response");
        let text = String::from_utf8(response).expect("UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}: {body}");
        let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            body.split("\r\n").skip(1).step_by(2).collect::<String>()
        } else {
            body.to_owned()
        };
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Returns the largest memory that the program had, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let kib = status.expect("a running program").lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<usize>().ok()
        });
        kib.expect("a peak") * 1024
    }

    /// Ends the program, which has to end cleanly. Returns its standard error.
    #[cfg(unix)]
    pub(crate) fn end(mut self) -> String {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("sh").success());
        let mut errors = String::new();
        let stderr = self.child.stderr.as_mut().expect("piped");
        stderr.read_to_string(&mut errors).expect("text");
        assert!(self.child.wait().expect("an exit code").success(), "{errors}");
        errors
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
