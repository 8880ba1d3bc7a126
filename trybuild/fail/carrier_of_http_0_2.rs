//! The headers are those of `http` 0.2.

use http_0_2::HeaderMap;
use skywalking_runtime::{entry_span, exit_span};

#[entry_span(extract = headers)]
fn serve(headers: &HeaderMap) {}

#[exit_span(peer = "stock:8080", inject = headers)]
fn send(headers: &mut HeaderMap) {}

fn main() {}
