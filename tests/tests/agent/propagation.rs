//! Settings of a running agent that change propagated contexts and reported texts.

mod correlation;
mod others;
mod redaction;
mod storage;
mod sw8;

use skywalking_runtime::{Callsite, callsite, propagation::inject, span};

use crate::start;

static ENTRY: Callsite = callsite!(entry, "/entry");
static CALL: Callsite = callsite!(exit, "call", peer = "other:1");

/// Returns the headers that a child of the current span sends.
fn sent_by(callsite: &'static Callsite) -> String {
    let mut headers = String::new();
    let _exit = span(callsite).enter();
    inject(&mut headers);
    headers
}
