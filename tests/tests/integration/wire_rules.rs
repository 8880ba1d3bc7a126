//! Every segment of a test is checked against the rules of the protocol. A violation in
//! `testing::run` fails the test, and any other one ends the process.

use std::process::{Command, Stdio};

use skywalking_runtime::{Callsite, Config, callsite, config::Reporter, current, span, testing};

static CACHED: Callsite = callsite!(entry, "/look up", layer = cache);

fn break_two_rules() {
    span(&CACHED).run(|| current().tag("http.status_code", "OK"));
}

#[test]
#[should_panic(expected = "tag-value: span 0 of segment")]
fn violation_in_a_test_fails_the_test() {
    testing::Test::new().allow("tag-missing").run(break_two_rules);
}

#[test]
fn allowed_violation_in_a_test_does_not_fail_it() {
    let trees = testing::Test::new().allow("tag-missing").allow("tag-value").run(break_two_rules);
    assert_eq!(testing::text(&trees), "Entry /look up layer=Cache {http.status_code=OK}\n");
}

/// Not a test itself: a child process of the last one.
#[test]
#[ignore = "the child process of a test"]
fn allowed_violation_outside_of_a_test() {
    let _allowed = (testing::allow("tag-missing"), testing::allow("tag-value"));
    violation_outside_of_a_test();
}

/// Not a test itself: a child process of the next one.
#[test]
#[ignore = "ends its process: the child process of a test"]
fn violation_outside_of_a_test() {
    let agent =
        Config::new("shop").reporter(Reporter::Discard).start().expect("no other agent runs");
    break_two_rules();
    drop(agent);
}

#[test]
fn violation_ends_the_process_only_if_set() {
    let child = |name: &str, setting: &str| {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", name, "--ignored"]);
        let ended = command
            .env("SW_TESTING_ABORT_ON_VIOLATION", setting)
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        (ended.status.success(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    let (succeeded, stderr) = child("wire_rules::violation_outside_of_a_test", "1");

    assert!(!succeeded, "{stderr}");

    let violations = stderr.lines().filter(|line| line.starts_with("  tag-")).collect::<Vec<_>>();
    assert_eq!(violations.len(), 2, "{stderr}");
    assert!(
        violations[0].contains("is of layer Cache without the tag cache.type")
            && violations[1].contains("the tag http.status_code with value"),
        "{stderr}"
    );

    for (name, setting) in [
        ("wire_rules::violation_outside_of_a_test", ""),
        ("wire_rules::violation_outside_of_a_test", "0"),
        ("wire_rules::allowed_violation_outside_of_a_test", "1"),
    ] {
        let (succeeded, stderr) = child(name, setting);
        assert!(succeeded, "{stderr}");
    }
}
