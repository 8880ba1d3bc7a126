//! Each segment that a test makes is held against the wire's rules: those of the test by the test,
//! those of nobody by the process.

use std::process::{Command, Stdio};

use skywalking_runtime::{Callsite, Config, callsite, config::Reporter, current, span, testing};

static CACHED: Callsite = callsite!(entry, "/look up", layer = cache);

fn break_two_rules() {
    span(&CACHED).run(|| current().tag("x-le", "yes"));
}

#[test]
#[should_panic(expected = "tag-loses-segment: span 0 of segment")]
fn what_a_test_makes_fails_it_where_a_rule_is_broken() {
    testing::Test::new().allow("tag-missing").run(break_two_rules);
}

#[test]
fn rules_that_a_test_allows_to_be_broken_fail_nothing() {
    let trees =
        testing::Test::new().allow("tag-missing").allow("tag-loses-segment").run(break_two_rules);
    assert_eq!(testing::text(&trees), "Entry /look up layer=Cache {x-le=yes}\n");
}

/// Not a test by itself: a process that the last one looks at.
#[test]
#[ignore = "it is the child of a test"]
fn a_segment_of_no_test_that_breaks_a_rule_that_it_may_break() {
    testing::allow("tag-missing");
    testing::allow("tag-loses-segment");
    a_segment_of_no_test_that_breaks_a_rule();
}

/// The same: the process that the next one looks at.
#[test]
#[ignore = "ends its process: it is the child of a test"]
fn a_segment_of_no_test_that_breaks_a_rule() {
    let agent =
        Config::new("shop").reporter(Reporter::Discard).start().expect("nothing else runs here");
    break_two_rules();
    drop(agent);
}

#[test]
fn violation_ends_the_process_only_where_it_is_set() {
    let child = |name: &str, told: &str| {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", name, "--ignored"]);
        let ended = command
            .env("SW_TESTING_ABORT_ON_VIOLATION", told)
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        (ended.status.success(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    let (went_on, said) = child("wire_rules::a_segment_of_no_test_that_breaks_a_rule", "1");
    assert!(!went_on, "{said}");
    let told = said.lines().filter(|line| line.starts_with("  tag-")).collect::<Vec<_>>();
    assert_eq!(told.len(), 2, "{said}");
    assert!(
        told[0].contains("is of layer Cache and lacks the tag cache.type")
            && told[1].contains("the tag x-le with value"),
        "{said}"
    );
    for (name, told) in [
        ("wire_rules::a_segment_of_no_test_that_breaks_a_rule", ""),
        ("wire_rules::a_segment_of_no_test_that_breaks_a_rule", "0"),
        ("wire_rules::a_segment_of_no_test_that_breaks_a_rule_that_it_may_break", "1"),
    ] {
        let (went_on, said) = child(name, told);
        assert!(went_on, "{said}");
    }
}
