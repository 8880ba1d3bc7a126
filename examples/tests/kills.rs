//! Nobody is left behind, and whoever died is named.
#![cfg(target_os = "linux")]

mod support;

use support::{Running, is_running, kill, snapshot, until};

/// A run that goes on for a long time, with the ids of server and client.
fn long_run(more: &[&str]) -> (Running, String, String) {
    let mut running =
        Running::start(snapshot().args(["--verbose", "--requests", "1000000"]).args(more));
    let server = running.complains("server pid ");
    let client = running.complains("client pid ");
    running.says("trace ");
    (running, server, client)
}

#[test]
fn a_server_that_is_killed_is_named_and_the_client_ends() {
    let (running, server, client) = long_run(&[]);
    kill(&server);
    let ended = running.ended().failed();
    assert!(ended.err.contains("snapshot: the server died: signal: 9 (SIGKILL)"), "{}", ended.err);
    until("the client ends", || !is_running(&client));
}

#[test]
fn a_server_that_is_killed_is_named_also_where_the_backend_is_away() {
    let (running, server, client) = long_run(&["--backend", "127.0.0.1:1"]);
    kill(&server);
    let ended = running.ended().failed();
    assert!(ended.err.contains("snapshot: the server died: signal: 9 (SIGKILL)"), "{}", ended.err);
    assert!(!is_running(&client));
    // What the client lost is counted all the same, and nothing panicked.
    assert!(ended.counter("client", "/dropped/shutdown") > 0);
    assert_eq!(ended.counter("client", "/open"), 0);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
}

#[test]
fn a_client_that_is_killed_is_named_and_the_server_ends() {
    let (running, server, client) = long_run(&[]);
    kill(&client);
    let ended = running.ended().failed();
    assert!(ended.err.contains("snapshot: the client died: signal: 9 (SIGKILL)"), "{}", ended.err);
    until("the server ends", || !is_running(&server));
}

#[test]
fn the_children_end_with_a_parent_that_is_killed() {
    let (running, server, client) = long_run(&[]);
    kill(&running.id().to_string());
    until("both children end", || !is_running(&server) && !is_running(&client));
}

#[test]
fn ctrl_c_ends_all_three() {
    let (running, server, client) = long_run(&[]);
    support::interrupt(running.id());
    let ended = running.ended().failed();
    assert!(ended.err.contains("interrupted"), "{}", ended.err);
    until("both children end", || !is_running(&server) && !is_running(&client));
}
