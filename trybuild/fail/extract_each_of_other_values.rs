//! The value is not an iterator of carriers.

use skywalking_runtime::entry_span;

#[entry_span(extract_each = number)]
fn f(number: u8) {}

#[entry_span(extract_each = numbers)]
fn g(numbers: &[u8]) {}

#[entry_span(extract_each = batch.iter().map(|message| message.headers))]
fn h(batch: &[u8]) {}

fn main() {}
