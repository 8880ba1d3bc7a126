//! What threads, look-ups and callers took that are gone is given back while the agent runs.

use crate::scene::{HangingNames, Stderr, run, run_with};

#[test]
fn memory_of_ended_threads_is_given_back() {
    for ending in ["runs", "shut-down"] {
        let ended = run(&["threads-end", ending]);
        assert_eq!(ended.one("given_back"), "true", "{ending}: {ended:#?}");
    }
}

#[test]
fn memory_of_idle_threads_is_given_back() {
    let ended = run(&["threads-idle"]);
    assert_eq!(ended.one("given_back"), "true", "{ended:#?}");
}

#[test]
fn restarts_with_hanging_look_ups_are_bounded_and_given_back() {
    for way in ["grpc", "http"] {
        for names in ["one", "many"] {
            let aliases = HangingNames::new(&format!("restarts-{way}-{names}"));
            let variables = [aliases.variable(), ("RES_OPTIONS", "timeout:1 attempts:1")];
            let ended = run_with(&["restarts", way, names], Stderr::Read, &variables);
            assert_eq!(
                (ended.one("few"), ended.one("none_left")),
                ("true", "true"),
                "{way} {names}: {ended:#?}"
            );
        }
    }
}

#[test]
fn restarts_with_a_hanging_log_are_bounded() {
    let ended = run_with(&["restarts", "log", "one"], Stderr::Full, &[]);
    assert_eq!(ended.one("few"), "true", "{ended:#?}");
}

#[test]
fn callers_who_gave_up_are_given_back() {
    let ended = run(&["gives-up"]);
    assert_eq!(ended.one("given_back"), "true", "{ended:#?}");
}
