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

use crate::util::diagnostics::Diagnostic;

/// Whether an upstream service has sampled the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upstream {
    /// The request has a valid header: it is part of a trace that others record.
    Sampled,
    Unknown,
}

/// The sampling decision about a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict<'a> {
    Sampled,
    LeftOut(Diagnostic),
    /// The program's own sampler decides.
    Ask(&'a Custom),
}

/// Decides about the requests of one agent.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) ignored: Ignored,
    pub(crate) rule: Rule,
}

/// The sampler for requests that the ignore lists do not match.
#[derive(Debug, Default)]
pub(crate) enum Rule {
    #[default]
    All,
    PerWindow(PerWindow),
    Rate(Rate),
    Custom(Custom),
}

impl Choice {
    /// Returns true if the request is left out regardless of its name. The name then need not be
    /// computed.
    #[inline]
    pub(crate) fn refuses(&self, key: u64, upstream: Upstream) -> bool {
        match &self.rule {
            Rule::Rate(rate) => upstream == Upstream::Unknown && !rate.takes(key),
            _ => false,
        }
    }

    /// Decides about a request that the ignore lists do not match. `key` is that of its segment.
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
