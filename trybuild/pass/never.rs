//! Functions that never return.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, quietly, spans};

#[entry_span(name = "/never", tags(n))]
fn never(n: u8) -> ! {
    step();
    panic_any(n)
}

#[local_span(tags(n))]
async fn never_later(n: u8) -> ! {
    step();
    panic_any(n)
}

#[local_span]
fn step() {}

#[test]
fn span_ends_by_a_panic() {
    quietly(|| spans(|| assert!(catch_unwind(|| never(1)).is_err()))).are(
        "
        Entry /never ERROR {n=1} [event=error error.kind=panic]
          Local pass::never::step
        ",
    );
}

#[test]
fn span_of_a_future_ends_by_a_panic() {
    quietly(|| {
        spans(|| {
            assert!(
                catch_unwind(AssertUnwindSafe(|| block_on(async { never_later(1).await })))
                    .is_err()
            );
        })
    })
    .are(
        "
        Local pass::never::never_later ERROR {n=1} [event=error error.kind=panic]
          Local pass::never::step
        ",
    );
}
