//! The demo of `mack` when a process is killed: no service is left running, and the error names the
//! service that died.

use crate::mack::mack;
use crate::support::{Running, interrupt, is_running, kill, until};

/// Starts a demo with slow requests. Returns it with the ids of its services.
fn long_demo() -> (Running, Vec<String>) {
    let mut running = Running::start(mack().args(["demo", "--verbose", "--wait-ms", "5000"]));
    let ids = ["mack-3", "mack-2", "mack-1"]
        .map(|name| running.stderr_after(&format!("{name} pid ")))
        .to_vec();
    running.stdout_after("mack-1 on ");
    (running, ids)
}

#[test]
fn killed_service_is_named_and_the_others_exit() {
    let (running, ids) = long_demo();
    kill(&ids[1]);
    let ended = running.wait().failed();

    assert!(ended.err.contains("mack demo: mack-2 died: signal: 9 (SIGKILL)"), "{}", ended.err);

    until("the others exit", || !ids.iter().any(|id| is_running(id)));
}

#[test]
fn services_exit_with_a_killed_demo() {
    let (running, ids) = long_demo();
    kill(&running.id().to_string());
    until("all three exit", || !ids.iter().any(|id| is_running(id)));
}

#[test]
fn ctrl_c_stops_the_demo_and_its_services() {
    let (running, ids) = long_demo();
    interrupt(running.id());
    let ended = running.wait().failed();

    assert!(
        ended.err.ends_with("mack demo: interrupted; all services were stopped\n"),
        "{}",
        ended.err
    );

    until("all three exit", || !ids.iter().any(|id| is_running(id)));
}
