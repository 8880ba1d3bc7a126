//! `unsafe`, `extern "C"`, `async unsafe`, functions that never return, attributes inside and out.
#![deny(warnings, unsafe_op_in_unsafe_fn)]
#![allow(unsafe_code, clippy::pedantic, clippy::mixed_attributes_style, reason = "all that can stand at a function")]

use std::convert::Infallible;

use futures::executor::block_on;
use skywalking_runtime::{entry_span, local_span};

#[local_span]
unsafe fn raw(at: *const u8) -> Result<u8, String> {
    Ok(unsafe { *at })
}

#[local_span]
async unsafe fn raw_later(at: &u8) -> Result<u8, String> {
    let at: *const u8 = at;
    Ok(unsafe { *at })
}

#[local_span]
extern "C" fn foreign(n: u8) -> u8 {
    n + 1
}

#[local_span]
pub(crate) unsafe extern "C" fn foreign_unsafe(n: u8) -> u8 {
    n + 1
}

#[local_span]
fn never(n: u8) -> ! {
    std::panic::panic_any(n)
}

#[local_span]
async fn never_later(n: u8) -> ! {
    std::panic::panic_any(n)
}

#[local_span]
fn never_fails(n: u8) -> Result<u8, Infallible> {
    Ok(n)
}

#[local_span]
async fn never_ok(n: u8) -> Result<Infallible, u8> {
    Err(n)
}

#[local_span]
async fn uninhabited(n: Option<Infallible>) -> Infallible {
    match n {
        Some(n) => n,
        None => std::panic::panic_any(1_u8),
    }
}

#[must_use]
#[inline]
#[local_span]
#[doc = "Says no."]
#[allow(clippy::unused_async)]
async fn attributes() -> u8 {
    #![allow(unused_variables)]
    let unused = 1;
    2
}

#[local_span]
fn inner_attributes(unused: u8) -> Result<u8, String> {
    #![allow(unused_variables)]
    #[local_span]
    fn nested(n: u8) -> u8 {
        n
    }
    Ok(nested(2))
}

#[local_span]
fn empty() {}

#[local_span]
async fn empty_later() {}

#[entry_span(name = "/main")]
#[tokio::main(flavor = "current_thread")]
async fn inside_tokio() -> Result<u8, String> {
    Ok(1)
}

#[tokio::main(flavor = "current_thread")]
#[entry_span(name = "/main")]
async fn outside_tokio() -> Result<u8, String> {
    Ok(1)
}

fn main() {
    assert_eq!(unsafe { raw(&7) }, Ok(7));
    assert_eq!(block_on(unsafe { raw_later(&7) }), Ok(7));
    assert_eq!(foreign(1) + unsafe { foreign_unsafe(1) }, 4);
    std::panic::set_hook(Box::new(|_| {}));
    assert!(std::panic::catch_unwind(|| never(1)).is_err());
    assert!(std::panic::catch_unwind(|| block_on(never_later(1))).is_err());
    assert!(std::panic::catch_unwind(|| block_on(uninhabited(None))).is_err());
    let _ = std::panic::take_hook();
    assert_eq!(never_fails(1), Ok(1));
    assert_eq!(block_on(never_ok(1)), Err(1));
    assert_eq!(block_on(attributes()), 2);
    assert_eq!(inner_attributes(1), Ok(2));
    empty();
    block_on(empty_later());
    assert_eq!(inside_tokio(), Ok(1));
    assert_eq!(outside_tokio(), Ok(1));
}
