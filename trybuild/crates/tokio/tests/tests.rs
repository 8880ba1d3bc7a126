//! `#[tokio::test]` above and below a span attribute. Such a test is a function: another test calls
//! it and compares its spans.
#![deny(warnings)]

use skywalking_runtime::{current, entry_span, local_span};
use skywalking_trybuild::spans;

#[local_span]
#[tokio::test]
async fn above() {
    tokio::task::yield_now().await;
    current().tag("inside", 1);
}

#[tokio::test]
#[local_span(tags("n" = 1))]
async fn below() {
    tokio::task::yield_now().await;
    current().tag("inside", 2);
}

#[entry_span(name = "GET:/")]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn above_with_a_result() -> Result<(), std::num::ParseIntError> {
    let n: u8 = "3".parse()?;
    current().tag("inside", n);
    Ok(())
}

#[tokio::test]
#[entry_span(name = "GET:/")]
async fn below_with_a_result() -> Result<(), std::num::ParseIntError> {
    let n: u8 = "4".parse()?;
    current().tag("inside", n);
    Ok(())
}

#[test]
fn tests_are_traced_in_both_orders() {
    spans(|| {
        above();
        below();
        above_with_a_result().unwrap();
        below_with_a_result().unwrap();
    })
    .are(
        "
        Local tests::above {inside=1}
        Local tests::below {n=1, inside=2}
        Entry GET:/ {inside=3}
        Entry GET:/ {inside=4}
        ",
    );
}
