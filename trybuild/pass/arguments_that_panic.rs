//! A panic in an argument's expression is the program's own and leaves no span; a panic while a
//! value is formatted is caught.

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
fn leave_a_whole_tree() {
    quietly(|| spans(|| assert!(outer()))).are(
        "
        Entry /outer
          Local pass::arguments_that_panic::formatted {n=<panicked>}
        ",
    );
}
