//! A panic in an argument's expression propagates, without a span. A panic in the formatting of a
//! value is caught.

use std::fmt::{self, Display};
use std::panic::catch_unwind;

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, quietly, spans};

struct Broken;

impl Display for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("while it is formatted")
    }
}

fn broken() -> u8 {
    panic!("while it is computed")
}

#[local_span(tags("n" = broken()))]
fn computed() {}

#[local_span(tags("n" = Broken))]
async fn formatted() {}

#[entry_span(name = "/outer")]
fn outer() -> bool {
    let panicked = catch_unwind(computed).is_err();
    block_on(formatted());
    panicked
}

#[test]
fn parent_span_is_complete() {
    quietly(|| spans(|| assert!(outer()))).are(
        "
        Entry /outer
          Local pass::panicking_arguments::formatted {n=<panicked>}
        ",
    );
}
