//! Return hooks: `ret_tags`, and the forms of `err`.

use core::fmt;
use std::error::Error;

use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::carriers::Message;

/// Tags of a plain value.
#[exit_span(peer = "db:1", ret_tags("len" = Vec::len, "first" = ?|items| items.first()))]
#[must_use]
pub fn items(n: u8) -> Vec<u8> {
    vec![n]
}

/// Tags of a `Result`.
///
/// # Errors
///
/// If `n` is zero.
#[local_span(ret_tags("n" = |ok| *ok, "shown" = %|ok| ok + 1))]
pub fn result(n: u8) -> Result<u8, fmt::Error> {
    if n == 0 { Err(fmt::Error) } else { Ok(n) }
}

/// Tags of a future's output.
///
/// # Errors
///
/// If there is no text.
#[local_span(tags("text" = text), ret_tags("len" = |len| *len))]
pub async fn later(text: &str) -> Result<usize, String> {
    core::future::ready(()).await;
    if text.is_empty() { Err(String::new()) } else { Ok(text.len()) }
}

/// By `Display`.
///
/// # Errors
///
/// Always.
#[local_span(err(Display))]
pub fn display() -> Result<(), fmt::Error> {
    Err(fmt::Error)
}

/// By `Debug`.
///
/// # Errors
///
/// Always.
#[local_span(err(Debug))]
pub async fn debug() -> Result<(), fmt::Error> {
    core::future::ready(()).await;
    Err(fmt::Error)
}

/// By a function.
#[local_span(err(none))]
#[must_use]
pub fn first(items: &[u8]) -> Option<&u8> {
    items.first()
}

#[allow(clippy::ref_option, reason = "what `err(..)` calls takes a reference to what is returned")]
const fn none<T>(found: &Option<T>) -> Option<&'static str> {
    if found.is_some() { None } else { Some("nothing") }
}

/// Ignored.
///
/// # Errors
///
/// If `text` is not a number.
#[local_span(err_ignore(core::num::ParseIntError, fmt::Error))]
pub fn ignored(text: &str) -> Result<u8, Box<dyn Error>> {
    Ok(text.parse()?)
}

/// Consumes a batch and calls a logic endpoint.
#[entry_span(name = "/batch", extract_each = messages, layer = mq)]
#[must_use]
pub fn batch(messages: &[Message]) -> usize {
    endpoint();
    messages.len()
}

/// A logic endpoint.
#[local_span(logic_endpoint)]
pub fn endpoint() {}
