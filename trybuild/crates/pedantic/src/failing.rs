//! Sync functions that return a `Result`.

use core::fmt;
use std::error::Error;

use skywalking_runtime::{entry_span, exit_span, local_span};

/// An error without `Display` and `Debug`.
#[allow(missing_debug_implementations, reason = "under test")]
pub struct Opaque;

/// Records the error by default.
///
/// # Errors
///
/// If `text` is not a number.
#[entry_span(name = "/parse", extract = text, tags("len" = text.len()))]
pub fn parse(text: &str) -> Result<u8, core::num::ParseIntError> {
    text.parse()
}

/// On one line.
///
/// # Errors
///
/// Never.
#[local_span]
#[rustfmt::skip]
pub fn one_line(x: u32) -> Result<u32, u32> { Ok(x) }

/// With an early return, a coercion and a question mark.
///
/// # Errors
///
/// If `text` is empty or not a number.
#[local_span]
pub fn boxed(text: &str) -> Result<Box<dyn fmt::Debug>, Box<dyn Error>> {
    if text.is_empty() {
        return Err("empty".into());
    }
    let number: u8 = text.parse()?;
    Ok(Box::new(number))
}

/// Has `no_err`.
///
/// # Errors
///
/// Always.
#[local_span(no_err)]
pub fn not_marked(error: Opaque) -> Result<(), Opaque> {
    Err(error)
}

/// Returns an error without traits.
///
/// # Errors
///
/// If the argument is an error.
#[local_span(err)]
pub fn generic<T, E>(result: Result<T, E>) -> Result<T, E> {
    result
}

/// Changes a parameter, keeps one, and injects into one.
///
/// # Errors
///
/// If `peer` is empty.
#[exit_span(peer = peer, inject = headers)]
pub fn changed(mut headers: String, peer: &str, mut n: u32, _kept: &str) -> Result<u32, String> {
    n += 1;
    headers.clear();
    if peer.is_empty() { Err(headers) } else { Ok(n) }
}

/// Writes.
#[derive(Clone, Copy, Debug)]
pub struct Shown;

impl fmt::Display for Shown {
    #[local_span(name = "fmt")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("shown")
    }
}
