//! The program `hello`. The same tree can be created without attributes.

#[path = "../../src/bin/hello.rs"]
#[expect(dead_code, reason = "`main` is not called")]
mod program;
use std::process::Command;

use skywalking_runtime::{Callsite, callsite, current, span, testing};

static HELLO: Callsite = callsite!(entry, "/hello", layer = http);
static GREETING: Callsite = callsite!(local, "greeting");

fn hello_by_hand(name: &str) -> String {
    span(&HELLO).run(|| greeting_by_hand(name))
}

fn greeting_by_hand(name: &str) -> String {
    span(&GREETING).run(|| {
        current().tag("user", name);
        format!("Hello, {name}!")
    })
}

#[test]
fn attributes_and_functions_create_equal_trees() {
    let (mut traced, mut by_hand) = (String::new(), String::new());
    let trees = testing::run(|| traced = program::hello("you"));
    let trees_by_hand = testing::run(|| by_hand = hello_by_hand("you"));

    assert_eq!(traced, by_hand);
    assert_eq!(testing::text(&trees), testing::text(&trees_by_hand));
    assert_eq!(testing::text(&trees), "Entry /hello layer=Http\n  Local greeting {user=you}\n");
}

#[test]
fn program_prints_a_greeting_and_a_segment() {
    let ended = crate::support::run(&mut Command::new(env!("CARGO_BIN_EXE_hello"))).succeeded();

    assert_eq!(ended.out, "Hello, world!\n");

    let segment: serde_json::Value = serde_json::from_str(ended.err.trim_end()).unwrap();

    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    assert_eq!(segment["service"], "hello");

    let names: Vec<_> =
        segment["spans"].as_array().unwrap().iter().map(|span| &span["operationName"]).collect();

    assert_eq!(names, ["/hello", "greeting"]);
}

#[test]
fn program_is_small() {
    assert!(include_str!("../../src/bin/hello.rs").lines().count() < 25);
}
