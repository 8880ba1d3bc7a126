//! The operations of a program, chosen by a seed among those that make sense.

use super::plain::Plain;

/// The most threads of a program.
pub(super) const THREADS: usize = 4;
const MOST_SPANS: usize = 6;
const MOST_TAGS: usize = 8;

/// The place of a new span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parent {
    /// The current span, or none: then a new trace.
    Current,
    /// A new trace.
    Nothing,
    Span(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Make(usize, Parent),
    Enter(usize),
    Leave(usize),
    Close(usize),
    Tag(usize, usize),
    Fail(usize),
    /// Calls an annotated function with this number, until the next return on the thread.
    Call(usize),
    Return,
}

pub(super) struct Program {
    random: u64,
    threads: usize,
    left: usize,
    calls: usize,
}

impl Program {
    pub(super) fn new(seed: u64) -> Self {
        let mut program = Self { random: seed, threads: 1, left: 0, calls: 0 };
        program.threads = 1 + program.below(THREADS);
        program.left = 4 + program.below(50);
        program
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    /// Returns the next operation and its thread. `None` once everything is left and closed.
    pub(super) fn next(&mut self, model: &Plain) -> Option<(usize, Op)> {
        while self.left > 0 {
            self.left -= 1;
            let thread = self.below(self.threads);
            if let Some(op) = self.pick(thread, model) {
                return Some((thread, op));
            }
        }
        self.clean_up(model)
    }

    fn pick(&mut self, thread: usize, model: &Plain) -> Option<Op> {
        let known = model.spans();
        let span = |program: &mut Self| (known > 0).then(|| program.below(known));
        match self.below(16) {
            0..=3 if known < MOST_SPANS => {
                let parent = match self.below(8) {
                    0 => Parent::Nothing,
                    1 | 2 => Parent::Span(span(self).filter(|span| model.is_alive(*span))?),
                    _ => Parent::Current,
                };
                Some(Op::Make(known, parent))
            }
            4..=7 => Some(Op::Enter(span(self).filter(|span| model.is_alive(*span))?)),
            8..=10 => {
                let entered = model.entered(thread);
                (!entered.is_empty()).then(|| Op::Leave(entered[self.below(entered.len())]))
            }
            11 => Some(Op::Close(span(self).filter(|span| model.can_close(*span))?)),
            12 => {
                let span = span(self).filter(|span| model.is_alive(*span))?;
                let tag = model.tags(span);
                (tag < MOST_TAGS).then_some(Op::Tag(span, tag))
            }
            13 => Some(Op::Fail(span(self).filter(|span| model.is_alive(*span))?)),
            14 => {
                self.calls += 1;
                Some(Op::Call(self.calls))
            }
            15 if model.can_return(thread) => Some(Op::Return),
            _ => None,
        }
    }

    /// Leaves, returns and closes what is left.
    fn clean_up(&mut self, model: &Plain) -> Option<(usize, Op)> {
        for thread in 0..self.threads {
            let entered = model.entered(thread);
            if !entered.is_empty() {
                return Some((thread, Op::Leave(entered[self.below(entered.len())])));
            }
            if model.has_calls(thread) {
                return Some((thread, Op::Return));
            }
        }
        (0..model.spans()).find(|span| model.can_close(*span)).map(|span| (0, Op::Close(span)))
    }
}
