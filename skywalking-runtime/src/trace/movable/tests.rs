//! Spans that are entered and left by hand: what a layer for `tracing` builds on.
#![allow(clippy::disallowed_types, reason = "a registry of tests may lock")]

mod basics;
mod model;
mod rows;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::agent::alone;
use crate::config::{Orphans, Reporter};
use crate::movable::{LeftSegment, MovableSpan, SpanFields, leave};
use crate::propagation::capture;
use crate::{Agent, Callsite, Config, callsite, span};

static LOCAL: Callsite = callsite!(local, "local").orphans(Orphans::Trace).fallback();
static ENTRY: Callsite = callsite!(entry, "entry").fallback();
static EXIT: Callsite = callsite!(exit, "exit").fallback();

/// The agent of one test. Fields drop in order, so the agent ends before its turn does.
struct Alone {
    _agent: Agent,
    _turn: MutexGuard<'static, ()>,
}

/// Starts an agent without a backend, which the trees of a test are collected from.
fn agent() -> Alone {
    let turn = alone();
    let agent = Config::new("svc").reporter(Reporter::Discard).start().unwrap();
    Alone { _agent: agent, _turn: turn }
}

/// The open spans by number, as a registry keeps them.
#[derive(Default)]
struct Registry(Mutex<HashMap<u64, MovableSpan>>);

impl Registry {
    fn with<R>(&self, id: u64, work: impl FnOnce(&mut MovableSpan) -> R) -> Option<R> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&id).map(work)
    }

    fn add(&self, id: u64, span: Option<MovableSpan>) {
        if let Some(span) = span {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, span);
        }
    }

    /// Makes a Local span below the current one, or a root.
    fn make(&self, id: u64, name: &'static str) {
        self.make_of(&LOCAL, id, name);
    }

    fn make_of(&self, callsite: &'static Callsite, id: u64, name: &'static str) {
        let here = capture();
        if here.is_empty() {
            return self.make_root(callsite, id, name);
        }
        let mut fields = SpanFields::new();
        fields.static_name(name);
        self.add(id, MovableSpan::below(callsite, here, fields));
    }

    fn make_root(&self, callsite: &'static Callsite, id: u64, name: &'static str) {
        self.add(id, MovableSpan::root(callsite, |span| _ = span.static_name(name)));
    }

    /// Makes a Local span below the span with the number `parent`.
    fn make_below(&self, parent: u64, id: u64, name: &'static str) {
        let parent = self.with(parent, MovableSpan::snapshot).expect("an open parent");
        let mut fields = SpanFields::new();
        fields.static_name(name);
        self.add(id, MovableSpan::below(&LOCAL, parent, fields));
    }

    fn enter(&self, id: u64) {
        self.with(id, |span| span.enter(id));
    }

    fn leave(&self, id: u64) {
        leave(id, |home, left| self.take_home(home, left));
    }

    fn take_home(&self, home: u64, left: LeftSegment) {
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match spans.get_mut(&home) {
            Some(span) => span.park(left),
            None => left.finish(),
        }
    }

    fn close(&self, id: u64) {
        let span = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(span) = span {
            span.finish();
        }
    }

    fn run<R>(&self, id: u64, work: impl FnOnce() -> R) -> R {
        self.enter(id);
        let done = work();
        self.leave(id);
        done
    }
}

static FUNCTION: Callsite = callsite!(local, "f").orphans(Orphans::Trace);

/// Stands for an annotated function.
fn annotated() {
    span(&FUNCTION).run(|| {});
}
