//! An early `return` ends the span.

use std::fmt::Display;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn plain(early: bool) -> Box<dyn Display> {
    if early {
        return Box::new(1);
    }
    step();
    Box::new("late")
}

#[local_span]
async fn later(early: bool) -> Box<dyn Display> {
    if early {
        return Box::new(1);
    }
    step();
    Box::new("late")
}

#[local_span]
async fn slice(early: bool) -> &'static [u8] {
    if early {
        return &[1, 2];
    }
    &[3]
}

#[local_span]
async fn unit(early: bool) {
    if early {
        return;
    }
    slice(early).await;
}

#[local_span]
fn step() {}

#[test]
fn coerces_in_a_sync_function() {
    spans(|| assert_eq!(plain(true).to_string() + &plain(false).to_string(), "1late")).are(
        "
        Local pass::early_return::plain
        Local pass::early_return::plain
          Local pass::early_return::step
        ",
    );
}

#[test]
fn coerces_in_an_async_function() {
    spans(|| {
        assert_eq!(
            block_on(later(true)).to_string() + &block_on(later(false)).to_string(),
            "1late"
        );
        assert_eq!(block_on(slice(true)), [1, 2]);
    })
    .are(
        "
        Local pass::early_return::later
        Local pass::early_return::later
          Local pass::early_return::step
        Local pass::early_return::slice
        ",
    );
}

#[test]
fn returns_unit() {
    spans(|| (block_on(unit(true)), block_on(unit(false)))).are(
        "
        Local pass::early_return::unit
        Local pass::early_return::unit
          Local pass::early_return::slice
        ",
    );
}
