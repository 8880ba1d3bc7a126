//! Misuse that is found out while a program runs, each kind with the callsite where it was first
//! seen. The reporter logs it, once a process: so no caller waits for a log, and none of its code
//! runs here.

use once_cell::race::OnceRef;

use crate::span::callsite::Callsite;

/// A kind of misuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misuse {
    /// A child guard was held over an `.await`.
    GuardOverAwait,
    /// A guard of `child` closed while another one that was opened inside of it was open.
    GuardsCross,
    /// Other tasks opened spans below a root that is a future.
    TasksBelowFuture,
    /// A segment is full whose root is a call.
    FullBelowCall,
    /// A server layer was put on a service of Salvo.
    LayerOnSalvo,
}

static SEEN: [OnceRef<'static, Callsite>; Misuse::ALL.len()] =
    [const { OnceRef::new() }; Misuse::ALL.len()];

impl Misuse {
    pub(crate) const ALL: [Self; 5] = [
        Self::GuardOverAwait,
        Self::GuardsCross,
        Self::TasksBelowFuture,
        Self::FullBelowCall,
        Self::LayerOnSalvo,
    ];

    /// Where it was first seen, if it was.
    pub(crate) fn seen(self) -> Option<&'static Callsite> {
        SEEN.get(self as usize).and_then(OnceRef::get)
    }
}

/// Notes a misuse. All but the first of a kind change nothing.
#[cold]
pub(crate) fn note(misuse: Misuse, callsite: &'static Callsite) {
    if let Some(seen) = SEEN.get(misuse as usize) {
        // Another thread was first, perhaps.
        let _ = seen.set(callsite);
    }
}
