//! Decides which requests are recorded: by name ([`ignored`]), then by the sampler ([`window`],
//! [`rate`], [`custom`]).
//!
//! The decision is made once a trace, when the incoming context and the name of the first span are
//! known.
#![deny(clippy::disallowed_types)]

mod custom;
mod ignored;
mod pattern;
mod rate;
pub(crate) mod tail_decision;
mod window;

pub(crate) use custom::Custom;
pub use custom::Sampler;
pub(crate) use ignored::{Ignored, SUFFIXES};
#[cfg(feature = "http")]
pub(crate) use pattern::Pattern;
pub(crate) use rate::Rate;
pub(crate) use window::PerWindow;

#[cfg(feature = "testing")]
pub(crate) use crate::testing::{decide, scope};

use crate::util::diagnostics::Diagnostic;

/// The mark of the test that runs on this thread, or 0.
#[cfg(not(feature = "testing"))]
pub(crate) fn scope() -> u32 {
    0
}

/// Whether the request came with a context that is sampled already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upstream {
    /// A valid header: the request is part of a trace that others record.
    Sampled,
    Unknown,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict<'a> {
    Sampled,
    LeftOut(Diagnostic),
    /// As the program's own sampler says.
    Ask(&'a Custom),
}

/// What decides about the requests of one agent.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) ignored: Ignored,
    pub(crate) rule: Rule,
}

/// What decides about a request that no list names.
#[derive(Debug, Default)]
pub(crate) enum Rule {
    #[default]
    All,
    PerWindow(PerWindow),
    Rate(Rate),
    Custom(Custom),
}

impl Choice {
    /// True if the request is left out whatever its name is: then nobody needs to compute that.
    #[inline]
    pub(crate) fn refuses(&self, key: u64, upstream: Upstream) -> bool {
        match &self.rule {
            Rule::Rate(rate) => upstream == Upstream::Unknown && !rate.takes(key),
            _ => false,
        }
    }

    /// What becomes of a request that no list names. `key` is its segment's.
    #[inline]
    pub(crate) fn verdict(&self, key: u64, upstream: Upstream) -> Verdict<'_> {
        match (&self.rule, upstream) {
            (Rule::PerWindow(budget), Upstream::Sampled) => {
                budget.charge();
                Verdict::Sampled
            }
            (Rule::All, _) | (_, Upstream::Sampled) => Verdict::Sampled,
            (Rule::PerWindow(budget), Upstream::Unknown) => {
                Verdict::unless_left_out(budget.takes())
            }
            (Rule::Rate(rate), Upstream::Unknown) => Verdict::unless_left_out(rate.takes(key)),
            (Rule::Custom(custom), Upstream::Unknown) => Verdict::Ask(custom),
        }
    }
}

impl Verdict<'_> {
    fn unless_left_out(sampled: bool) -> Self {
        if sampled { Self::Sampled } else { Self::LeftOut(Diagnostic::UnsampledSampler) }
    }
}
