//! Resources of ended threads, look-ups and callers are released while the agent runs.

use crate::scene::{HangingNames, Stderr, run, run_with};

#[test]
fn memory_of_ended_threads_is_released() {
    for ending in ["runs", "shut-down"] {
        let ended = run(&["threads-end", ending]);
        assert_eq!(ended.one("given_back"), "true", "{ending}: {ended:#?}");
    }
}

#[test]
fn memory_of_idle_threads_is_released() {
    let ended = run(&["threads-idle"]);
    assert_eq!(ended.one("given_back"), "true", "{ended:#?}");
}

#[test]
fn restarts_with_hanging_look_ups_release_their_threads() {
    for protocol in ["grpc", "http"] {
        for names in ["one", "many"] {
            let aliases = HangingNames::new(&format!("restarts-{protocol}-{names}"));
            let variables = [aliases.variable(), ("RES_OPTIONS", "timeout:1 attempts:1")];
            let ended = run_with(&["restarts", protocol, names], Stderr::Read, &variables);
            assert_eq!(
                (ended.one("few"), ended.one("none_left")),
                ("true", "true"),
                "{protocol} {names}: {ended:#?}"
            );
        }
    }
}

#[test]
fn restarts_with_a_hanging_log_use_few_threads() {
    let ended = run_with(&["restarts", "log", "one"], Stderr::Full, &[]);
    assert_eq!(ended.one("few"), "true", "{ended:#?}");
}

#[test]
fn memory_of_dropped_waits_is_released() {
    let ended = run(&["gives-up"]);
    assert_eq!(ended.one("given_back"), "true", "{ended:#?}");
}
