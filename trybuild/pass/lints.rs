//! No lint reports emitted code. `crates/pedantic` checks the same for a whole crate.
#![deny(
    warnings,
    rust_2018_idioms,
    unused,
    clippy::all,
    clippy::pedantic,
    missing_docs,
    unreachable_pub,
    unsafe_code
)]
#![allow(clippy::unused_async, clippy::unnecessary_wraps, reason = "the functions are test cases")]

use skywalking_runtime::{Carrier, entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[derive(Carrier)]
struct Message {
    #[carrier]
    header: String,
}

#[entry_span(name = "/a", extract = message, tags("k" = 1, "v" = message.header.len(), "d" = ?message.header))]
async fn entry(message: &Message, _kept: &str) -> Result<u32, std::fmt::Error> {
    let length = u32::try_from(message.header.len()).map_err(|_| std::fmt::Error)?;
    Ok(length)
}

#[exit_span(peer = message.header, inject = message)]
fn exit(mut message: Message, n: u32) -> Result<u32, std::fmt::Error> {
    message.header.clear();
    Ok(n)
}

#[exit_span(peer = message.header, inject = message)]
async fn exit_later(mut message: Message, n: u32) -> Result<u32, std::fmt::Error> {
    message.header.clear();
    Ok(n)
}

#[local_span]
#[rustfmt::skip]
fn one_line(x: u32) -> u32 { x + 1 }

#[local_span]
#[rustfmt::skip]
fn one_line_failing(x: u32) -> Result<u32, u32> { Ok(x) }

#[local_span]
#[rustfmt::skip]
async fn one_line_later(x: u32) -> u32 { x + 1 }

#[local_span]
async fn changed(mut n: u32, _kept: &str, last: u32) -> Result<u32, u32> {
    n += last;
    Ok(n)
}

#[local_span]
async fn unit(x: u32) {
    one_line_later(x).await;
}

#[test]
fn report_nothing() {
    spans(|| {
        let message = || Message { header: String::new() };
        assert_eq!(block_on(entry(&message(), "")), Ok(0));
        assert_eq!(exit(message(), 1), Ok(1));
        assert_eq!(block_on(exit_later(message(), 1)), Ok(1));
        assert_eq!(one_line(1) + block_on(one_line_later(1)), 4);
        assert_eq!(one_line_failing(1), Ok(1));
        assert_eq!(block_on(changed(1, "", 2)), Ok(3));
        block_on(unit(1));
    })
    .are(
        "
        Entry /a {k=1, v=0, d=\\\"\\\"}
        Exit pass::lints::exit peer=unknown
        Exit pass::lints::exit_later peer=unknown
        Local pass::lints::one_line
        Local pass::lints::one_line_later
        Local pass::lints::one_line_failing
        Local pass::lints::changed
        Local pass::lints::unit
          Local pass::lints::one_line_later
        ",
    );
}
