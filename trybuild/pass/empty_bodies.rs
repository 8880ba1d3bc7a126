//! Empty bodies, and bodies of one token.
#![allow(clippy::all, reason = "clippy would have them shorter")]

use skywalking_runtime::{exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn nothing() {}

#[local_span]
async fn nothing_later() {}

#[exit_span(peer = "a")]
fn unit() -> () {
    ()
}

#[local_span]
async fn a_semicolon() {
    (); // and nothing else
}

#[local_span]
fn a_comment() {
    // nothing
}

#[rustfmt::skip]
#[local_span]
fn a_value() -> u8 { 1 }

#[local_span]
#[rustfmt::skip]
async fn unit_result() -> Result<(), ()> { Ok(()) }

#[test]
fn are_traced() {
    spans(|| {
        nothing();
        block_on(nothing_later());
        unit();
        block_on(a_semicolon());
        a_comment();
        assert_eq!((a_value(), block_on(unit_result())), (1, Ok(())));
    })
    .are(
        "
        Local pass::empty_bodies::nothing
        Local pass::empty_bodies::nothing_later
        Exit pass::empty_bodies::unit peer=a
        Local pass::empty_bodies::a_semicolon
        Local pass::empty_bodies::a_comment
        Local pass::empty_bodies::a_value
        Local pass::empty_bodies::unit_result
        ",
    );
}
