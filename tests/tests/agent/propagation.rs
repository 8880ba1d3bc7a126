//! What the settings of a running agent change in what crosses processes and in what leaves. The
//! agent is the process's, so the tests here take turns.

mod correlation;
mod others;
mod redaction;
mod storage;
mod sw8;

use std::sync::{Mutex, MutexGuard, PoisonError};

use skywalking_runtime::{Agent, Callsite, Config, Reporter, callsite, child, inject};

static TURN: Mutex<()> = Mutex::new(());

static ENTRY: Callsite = callsite!(entry, "/entry");
static CALL: Callsite = callsite!(exit, "call", peer = "other:1");

/// The agent comes first: it ends before the next may have its turn.
fn start(config: Config) -> (Agent, MutexGuard<'static, ()>) {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    (config.reporter(Reporter::Discard).start().expect("a tracer"), turn)
}

/// The headers that a child of the current span sends.
fn sent_by(callsite: &'static Callsite) -> String {
    let mut headers = String::new();
    let _exit = child(callsite);
    inject(&mut headers);
    headers
}
