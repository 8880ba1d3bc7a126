//! The threads of a program, which take turns.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::program::{Op, Parent};
use crate::context::frames;
use crate::movable::{MovableSpan, SpanFields};
use crate::propagation::capture;
use crate::span;
use crate::testing;
use crate::trace::movable::tests::{FUNCTION, LOCAL, Registry};

/// The keys of tags.
pub(super) const KEYS: [&str; 8] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"];

enum Turn {
    Run(u64, Op),
    /// Checks that nothing is left on the thread.
    End,
}

struct Worker {
    turns: Sender<Turn>,
    done: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

pub(super) struct Threads(Vec<Worker>);

struct Running {
    spans: Arc<Registry>,
    turns: Receiver<Turn>,
    done: Sender<()>,
}

impl Threads {
    pub(super) fn start(count: usize) -> Self {
        let spans = Arc::new(Registry::default());
        let start = |_| {
            let (turns, received) = channel();
            let (sent, done) = channel();
            let running = Running { spans: Arc::clone(&spans), turns: received, done: sent };
            let mark = testing::mark();
            let thread = std::thread::spawn(move || mark.run(|| while running.take() {}));
            Worker { turns, done, thread: Some(thread) }
        };
        Self((0..count).map(start).collect())
    }

    fn turn(&self, thread: usize, turn: Turn) {
        self.0[thread].turns.send(turn).expect("the thread lives");
        self.0[thread].done.recv().expect("the turn does not panic");
    }

    pub(super) fn run(&self, thread: usize, op: Op, program: u64) {
        self.turn(thread, Turn::Run(program, op));
    }

    pub(super) fn end(&self, _: u64) {
        (0..self.0.len()).for_each(|thread| self.turn(thread, Turn::End));
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        for mut worker in self.0.drain(..) {
            drop(worker.turns);
            if let Some(thread) = worker.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

impl Running {
    /// Runs the next operation. Returns false at a return, and when there are no more.
    fn take(&self) -> bool {
        let Ok(turn) = self.turns.recv() else { return false };
        match turn {
            Turn::End => assert!(testing::is_idle() && frames::is_empty()),
            Turn::Run(_, Op::Return) => return false,
            Turn::Run(program, Op::Call(number)) => {
                span(&FUNCTION).name(format!("p{program}.f{number}")).run(|| {
                    self.done.send(()).expect("the test lives");
                    while self.take() {}
                });
            }
            Turn::Run(program, op) => self.run(program, &op),
        }
        self.done.send(()).expect("the test lives");
        true
    }

    fn run(&self, program: u64, op: &Op) {
        let id = |span: &usize| program * 100 + *span as u64 + 1;
        match op {
            Op::Make(span, parent) => {
                let name = format!("p{program}.s{span}");
                let mut fields = SpanFields::new();
                fields.name(&name);
                let parent = match parent {
                    Parent::Current => capture(),
                    Parent::Nothing => crate::propagation::Snapshot::default(),
                    Parent::Span(parent) => {
                        self.spans.with(id(parent), MovableSpan::snapshot).unwrap()
                    }
                };
                let made = if parent.is_empty() {
                    MovableSpan::root(&LOCAL, |span| _ = span.name(&name))
                } else {
                    MovableSpan::below(&LOCAL, parent, fields)
                };
                self.spans.add(id(span), made);
            }
            Op::Enter(span) => self.spans.enter(id(span)),
            Op::Leave(span) => self.spans.leave(id(span)),
            Op::Close(span) => self.spans.close(id(span)),
            Op::Tag(span, tag) => {
                self.spans.with(id(span), |span| span.tag(KEYS[*tag], true));
            }
            Op::Fail(span) => {
                self.spans.with(id(span), MovableSpan::fail);
            }
            Op::Call(_) | Op::Return => {}
        }
    }
}
