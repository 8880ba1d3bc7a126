//! The demo of `snapshot` when a process is killed: no child is left running, and the error names
//! the process that died.

use crate::support::{Running, is_running, kill, snapshot, until};

/// Starts a demo with many requests. Returns it with the ids of server and client.
fn long_run(more: &[&str]) -> (Running, String, String) {
    let mut running =
        Running::start(snapshot().args(["--verbose", "--requests", "1000000"]).args(more));
    let server = running.stderr_after("server pid ");
    let client = running.stderr_after("client pid ");
    running.stdout_after("trace ");
    (running, server, client)
}

#[test]
fn killed_server_is_named_and_the_client_exits() {
    let (running, server, client) = long_run(&[]);
    kill(&server);
    let ended = running.wait().failed();

    assert!(ended.err.contains("snapshot: the server died: signal: 9 (SIGKILL)"), "{}", ended.err);

    until("the client exits", || !is_running(&client));
}

#[test]
fn killed_server_is_named_without_a_backend() {
    let (running, server, client) = long_run(&["--backend", "127.0.0.1:1"]);
    kill(&server);
    let ended = running.wait().failed();

    assert!(ended.err.contains("snapshot: the server died: signal: 9 (SIGKILL)"), "{}", ended.err);
    assert!(!is_running(&client));
    // The client still counts its lost segments, and nothing panics.
    assert!(ended.counter("client", "/dropped/shutdown") > 0);
    assert_eq!(ended.counter("client", "/open"), 0);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
}

#[test]
fn killed_client_is_named_and_the_server_exits() {
    let (running, server, client) = long_run(&[]);
    kill(&client);
    let ended = running.wait().failed();

    assert!(ended.err.contains("snapshot: the client died: signal: 9 (SIGKILL)"), "{}", ended.err);

    until("the server exits", || !is_running(&server));
}

#[test]
fn children_exit_with_a_killed_parent() {
    let (running, server, client) = long_run(&[]);
    kill(&running.id().to_string());
    until("both children exit", || !is_running(&server) && !is_running(&client));
}

#[test]
fn ctrl_c_stops_all_processes() {
    let (running, server, client) = long_run(&[]);
    crate::support::interrupt(running.id());
    let ended = running.wait().failed();

    assert!(ended.err.contains("interrupted"), "{}", ended.err);

    until("both children exit", || !is_running(&server) && !is_running(&client));
}
