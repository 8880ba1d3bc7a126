//! Functions with another ABI.
#![allow(unsafe_code, reason = "under test")]

use skywalking_runtime::{exit_span, local_span};
use skywalking_trybuild::spans;

#[local_span]
extern "C" fn foreign(n: u8) -> u8 {
    n + 1
}

#[exit_span(peer = "c", tags(n))]
pub(crate) unsafe extern "C" fn foreign_unsafe(n: u8) -> u8 {
    n + 1
}

#[local_span]
#[unsafe(no_mangle)]
extern "C" fn skywalking_trybuild_exported(n: u8) -> u8 {
    n + 1
}

#[local_span]
extern "system" fn of_the_system() {}

#[test]
fn keep_their_abi() {
    let functions: [extern "C" fn(u8) -> u8; 2] = [foreign, skywalking_trybuild_exported];
    let unsafe_function: unsafe extern "C" fn(u8) -> u8 = foreign_unsafe;
    spans(|| {
        assert_eq!(functions.map(|f| f(1)), [2, 2]);
        assert_eq!(unsafe { unsafe_function(1) }, 2);
        of_the_system();
    })
    .are(
        "
        Local pass::extern_c::foreign
        Local pass::extern_c::skywalking_trybuild_exported
        Exit pass::extern_c::foreign_unsafe peer=c {n=1}
        Local pass::extern_c::of_the_system
        ",
    );
}
