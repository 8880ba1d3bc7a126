//! `#[track_caller]` keeps its effect.

use std::panic::Location;

use skywalking_runtime::{exit_span, local_span};
use skywalking_trybuild::spans;

#[local_span]
#[track_caller]
fn below() -> u32 {
    Location::caller().line()
}

#[track_caller]
#[exit_span(peer = "a")]
fn above(_n: u8) -> u32 {
    Location::caller().line()
}

#[local_span]
#[track_caller]
fn with_a_result(fails: bool) -> Result<u32, String> {
    if fails {
        return Err("not looked at".to_owned());
    }
    Ok(Location::caller().line())
}

#[test]
fn location_is_that_of_the_call() {
    spans(|| {
        assert_eq!((below(), above(1), with_a_result(false)), (line!(), line!(), Ok(line!())));
        assert!(with_a_result(true).is_err());
    })
    .are(
        "
        Local pass::track_caller::below
        Exit pass::track_caller::above peer=a
        Local pass::track_caller::with_a_result
        Local pass::track_caller::with_a_result
        ",
    );
}
