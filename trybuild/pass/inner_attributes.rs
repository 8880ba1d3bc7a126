//! Attributes and docs inside of a body.
#![allow(clippy::mixed_attributes_style, reason = "under test")]

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn plain(unused: u8) -> u8 {
    #![allow(unused_variables)]
    let unused_too = 1;
    1
}

#[local_span]
fn failing(unused: u8) -> Result<u8, String> {
    #![allow(unused_variables)]
    #![allow(unused_mut)]
    let mut n = 2;
    Ok(n)
}

#[local_span]
async fn later(unused: u8) -> u8 {
    //! Says three.
    #![allow(unused_variables)]
    let unused_too = 1;
    3
}

#[test]
fn apply_to_the_function() {
    spans(|| assert_eq!((plain(0), failing(0), block_on(later(0))), (1, Ok(2), 3))).are(
        "
        Local pass::inner_attributes::plain
        Local pass::inner_attributes::failing
        Local pass::inner_attributes::later
        ",
    );
}
