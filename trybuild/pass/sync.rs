//! A sync function is a span from its call to its return.

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::spans;

#[entry_span(name = "/orders", layer = http)]
fn orders(user: u8) -> u8 {
    look_up(user) + count(user)
}

#[exit_span(name = "find", peer = "users:3306", layer = database)]
fn look_up(user: u8) -> u8 {
    user
}

#[local_span(tags("user" = user, "fixed" = 1))]
fn count(user: u8) -> u8 {
    nothing();
    user
}

#[local_span]
fn nothing() {}

#[test]
fn calls_nest() {
    spans(|| assert_eq!(orders(7), 14)).are(
        "
        Entry /orders layer=Http
          Exit find layer=Database peer=users:3306
          Local pass::sync::count {fixed=1, user=7}
            Local pass::sync::nothing
        ",
    );
}

#[test]
fn without_a_context_a_trace_starts() {
    spans(|| (count(1), look_up(2))).are(
        "
        Local pass::sync::count {fixed=1, user=1}
          Local pass::sync::nothing
        Exit find layer=Database peer=users:3306
        ",
    );
}
