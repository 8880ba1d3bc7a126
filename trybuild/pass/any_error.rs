//! The default `err` asks nothing of the error's type.
#![deny(warnings)]
#![allow(clippy::unnecessary_wraps, reason = "the return types are what is tested")]

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use futures::executor::block_on;
use skywalking_runtime::local_span;

struct Mute;

#[local_span]
fn mute() -> Result<u8, Mute> {
    Err(Mute)
}

#[local_span]
async fn mute_later() -> Result<u8, Mute> {
    Err(Mute)
}

#[local_span]
fn generic<T, E>(result: Result<T, E>) -> Result<T, E> {
    result
}

#[local_span]
async fn generic_later<T, E: fmt::Debug>(result: Result<T, E>) -> Result<T, E> {
    result
}

#[local_span(err)]
fn hidden() -> Result<impl fmt::Debug, impl Sized> {
    if true { Err(Mute) } else { Ok(1) }
}

#[local_span(err)]
async fn hidden_later() -> Result<impl fmt::Debug, impl Sized> {
    if true { Err(Mute) } else { Ok(1) }
}

#[local_span]
fn shared() -> Result<u8, Arc<dyn Error + Send + Sync>> {
    Err(Arc::new(fmt::Error))
}

#[local_span]
async fn borrowed<'a>(text: &'a str, error: &'a str) -> Result<&'a str, &'a str> {
    if text.is_empty() { Err(error) } else { Ok(text) }
}

#[local_span]
fn elided(text: &str) -> Result<&str, std::str::Utf8Error> {
    Ok(text)
}

#[local_span]
async fn elided_later(text: &str) -> std::io::Result<std::slice::Iter<'_, u8>> {
    Ok(text.as_bytes().iter())
}

#[local_span]
fn formatted(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "x")
}

struct Formatted;

impl fmt::Display for Formatted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatted(f)
    }
}

type Answer = Result<u8, String>;

#[local_span(err)]
fn alias() -> Answer {
    Ok(1)
}

#[local_span(err)]
async fn alias_later() -> Answer {
    Ok(1)
}

mod own {
    pub(crate) struct Result;
}

#[local_span(no_err)]
fn not_marked() -> Result<u8, Mute> {
    Err(Mute)
}

#[local_span]
fn called_result() -> own::Result {
    own::Result
}

#[local_span]
async fn called_result_later() -> own::Result {
    own::Result
}

#[local_span]
#[track_caller]
fn tracks() -> Result<u32, Mute> {
    Ok(std::panic::Location::caller().line())
}

fn main() {
    assert!(
        mute().is_err() && block_on(mute_later()).is_err() && hidden().is_err() && block_on(hidden_later()).is_err() && shared().is_err()
    );
    assert!(generic::<u8, _>(Err(Mute)).is_err() && block_on(generic_later::<_, u8>(Ok(Mute))).is_ok());
    assert_eq!((block_on(borrowed("", "e")), elided("x")), (Err("e"), Ok("x")));
    assert_eq!(block_on(elided_later("xy")).unwrap().count(), 2);
    assert_eq!(Formatted.to_string(), "x");
    assert_eq!((alias(), block_on(alias_later())), (Ok(1), Ok(1)));
    assert!(not_marked().is_err());
    let (_, _) = (called_result(), block_on(called_result_later()));
    assert!(matches!(tracks(), Ok(line) if line == line!()));
}
