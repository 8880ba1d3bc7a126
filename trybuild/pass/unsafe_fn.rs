//! `unsafe fn` and `async unsafe fn`, whose bodies are not unsafe blocks.
#![deny(unsafe_op_in_unsafe_fn)]
#![allow(unsafe_code, reason = "under test")]

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[local_span]
unsafe fn plain(at: *const u8) -> u8 {
    unsafe { *at }
}

#[local_span]
unsafe fn failing(at: *const u8) -> Result<u8, String> {
    Ok(unsafe { *at })
}

#[entry_span(name = "/later")]
pub(crate) async unsafe fn later(at: &u8) -> Result<u8, String> {
    let at: *const u8 = at;
    Ok(unsafe { *at })
}

#[test]
fn stay_unsafe() {
    spans(|| {
        assert_eq!(unsafe { plain(&7) }, 7);
        assert_eq!(unsafe { failing(&8) }, Ok(8));
        assert_eq!(block_on(unsafe { later(&9) }), Ok(9));
    })
    .are(
        "
        Local pass::unsafe_fn::plain
        Local pass::unsafe_fn::failing
        Entry /later
        ",
    );
    let _: unsafe fn(*const u8) -> u8 = plain;
}
