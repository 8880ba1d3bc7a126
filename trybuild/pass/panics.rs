//! A panic propagates. Each span that it leaves is marked as an error and logs it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, quietly, spans};

#[entry_span(name = "/panics")]
fn outer(n: u8) -> Result<u8, String> {
    let caught = catch_unwind(|| inner(n)).is_err();
    Ok(u8::from(caught))
}

#[local_span]
fn inner(n: u8) -> u8 {
    panic!("no {n}")
}

#[local_span]
async fn later(n: u8) -> Result<u8, String> {
    panic!("nor {n}")
}

#[test]
fn sync_panic_is_logged_until_it_is_caught() {
    quietly(|| spans(|| assert_eq!(outer(1), Ok(1)))).are(
        "
        Entry /panics
          Local pass::panics::inner ERROR [event=error error.kind=panic message=no 1]
        ",
    );
}

#[test]
fn async_panic_is_logged_until_it_is_caught() {
    quietly(|| spans(|| assert!(catch_unwind(AssertUnwindSafe(|| block_on(later(2)))).is_err())))
        .are(
            "
        Local pass::panics::later ERROR [event=error error.kind=panic message=nor 2]
        ",
        );
}
