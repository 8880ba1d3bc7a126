//! The program `skywalking-collector` as a child process, and its JSON.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use skywalking_tests::child::Running;
use skywalking_tests::interop;
use skywalking_tests::polling::poll_until;

use crate::chain::call;

/// A running collector. It is killed on drop.
pub(crate) struct Program {
    pub(crate) grpc_addr: SocketAddr,
    pub(crate) http_addr: SocketAddr,
    _running: Running,
}

impl Program {
    /// Starts the program with free ports, and waits until it listens. It is built once in a run.
    pub(crate) fn start() -> Self {
        static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
        let name = "skywalking-collector";
        let program = PROGRAM.get_or_init(|| interop::ours(name, env!("CARGO_TARGET_TMPDIR")));
        let mut command = Command::new(program);
        command.args(["--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"]);
        let running = Running::start(name, command);
        let address = |prefix| running.wait_for_line(prefix).parse().expect("an address");
        Self {
            grpc_addr: address("grpc listening on "),
            http_addr: address("http listening on "),
            _running: running,
        }
    }

    /// Returns the JSON of a path.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = call::get(&self.http_addr.to_string(), path);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// Returns the counters when they meet the condition.
    #[track_caller]
    pub(crate) fn wait_for(
        &self,
        limit: std::time::Duration,
        condition: impl Fn(&Value) -> bool,
    ) -> Value {
        let mut stats = Value::Null;
        let met = poll_until(limit, || {
            stats = self.get("/api/stats");
            condition(&stats)
        });
        assert!(met, "timed out after {limit:?}: {stats}");
        stats
    }
}
