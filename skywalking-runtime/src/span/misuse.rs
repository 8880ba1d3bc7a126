//! Misuse that is detected at run time. Each kind is stored with the callsite where it was first
//! seen.
//!
//! The reporter logs each kind once in a process. Callers neither wait for a log nor run the
//! program's logger.

use once_cell::race::OnceRef;

use crate::span::callsite::Callsite;

/// A kind of misuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misuse {
    /// A child guard was held over an `.await`.
    GuardOverAwait,
    /// A child guard closed while a guard that was opened inside it was open.
    GuardsCross,
    /// Other tasks opened spans below a root future.
    TasksBelowFuture,
    /// A segment whose root is a call reached the span limit.
    FullBelowCall,
    /// A server layer was used with a service of Salvo.
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

    /// Returns the callsite where the misuse was first seen.
    pub(crate) fn seen(self) -> Option<&'static Callsite> {
        SEEN.get(self as usize).and_then(OnceRef::get)
    }
}

/// Notes a misuse. Only the first of a kind is kept.
#[cold]
pub(crate) fn note(misuse: Misuse, callsite: &'static Callsite) {
    if let Some(seen) = SEEN.get(misuse as usize) {
        // Fails if another thread was first.
        let _ = seen.set(callsite);
    }
}
