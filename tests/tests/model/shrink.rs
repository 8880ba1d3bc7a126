//! Minimizes a failing program: removes each part without which it still fails.

use super::plan::{Act, Step};

/// Returns the smallest failing program that was found, and its failure.
pub(crate) fn smallest(
    tasks: Vec<Vec<Act>>,
    fault: String,
    fails: impl Fn(&[Vec<Act>]) -> Option<String>,
) -> (Vec<Vec<Act>>, String) {
    let (mut smallest, mut fault, mut at) = (tasks, fault, 0);
    loop {
        let mut tasks = smallest.clone();
        if !(Cut { left: at }).lists(&mut tasks) {
            return (smallest, fault);
        }
        match fails(&tasks) {
            // The next part is at this index now.
            Some(other) => (smallest, fault) = (tasks, other),
            None => at += 1,
        }
    }
}

/// Removes the part with an index, counted through the whole program.
struct Cut {
    left: usize,
}

impl Cut {
    /// Returns true if the part was found.
    fn lists(&mut self, lists: &mut [Vec<Act>]) -> bool {
        lists.iter_mut().any(|list| self.acts(list))
    }

    fn is_here(&mut self) -> bool {
        let is_here = self.left == 0;
        self.left = self.left.wrapping_sub(1);
        is_here
    }

    fn acts(&mut self, acts: &mut Vec<Act>) -> bool {
        for at in 0..acts.len() {
            if self.is_here() {
                acts.remove(at);
                return true;
            }
            let found = match &mut acts[at] {
                Act::Yield | Act::Adopt(_) => false,
                Act::Do(step) => self.inside(step),
                Act::Span(.., acts)
                | Act::Cancel(.., acts)
                | Act::Part(.., acts)
                | Act::Ignored(acts)
                | Act::InPlace(acts)
                | Act::GoOn(_, acts)
                | Act::Spawn(.., acts)
                | Act::Catch(acts) => self.acts(acts),
                Act::Steps(_, steps, _) | Act::AtDrop(steps) => self.steps(steps),
                Act::Stream(_, lists, _) | Act::Join(lists) => self.lists(lists),
            };
            if found {
                return true;
            }
        }
        false
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> bool {
        for at in 0..steps.len() {
            if self.is_here() {
                steps.remove(at);
                return true;
            }
            if self.inside(&mut steps[at]) {
                return true;
            }
        }
        false
    }

    fn inside(&mut self, step: &mut Step) -> bool {
        match step {
            Step::Span(.., steps)
            | Step::Thread(steps)
            | Step::Aside(steps)
            | Step::GoOn(_, steps)
            | Step::Catch(steps) => self.steps(steps),
            Step::Put(pairs) => {
                let here = (1..pairs.len()).find(|_| self.is_here());
                here.map(|at| pairs.remove(at)).is_some()
            }
            Step::Loose(..)
            | Step::Capture
            | Step::Inject
            | Step::Sample(_)
            | Step::Detach
            | Step::Handle(..)
            | Step::Outgrow
            | Step::GrowOld
            | Step::Tag
            | Step::Fail
            | Step::Panic => false,
        }
    }
}
