//! Results of which one side has no value, and other uninhabited types.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, quietly, spans};

#[local_span]
fn never_fails(n: u8) -> Result<u8, Infallible> {
    Ok(n)
}

#[local_span]
async fn always_fails(n: u8) -> Result<Infallible, u8> {
    Err(n)
}

#[local_span]
async fn uninhabited(n: Option<Infallible>) -> Infallible {
    match n {
        Some(n) => n,
        None => panic!("none"),
    }
}

#[test]
fn report_no_unreachable_code() {
    quietly(|| {
        spans(|| {
            assert_eq!(never_fails(1), Ok(1));
            assert_eq!(block_on(always_fails(1)), Err(1));
            assert!(catch_unwind(AssertUnwindSafe(|| block_on(uninhabited(None)))).is_err());
        })
    })
    .are(
        "
        Local pass::uninhabited_types::never_fails
        Local pass::uninhabited_types::always_fails ERROR [event=error error.kind=u8 message=1]
        Local pass::uninhabited_types::uninhabited ERROR [event=error error.kind=panic message=none]
        ",
    );
}
