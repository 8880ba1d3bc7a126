//! Protocol violations by rule.

use serde::Serialize;

use super::trace::ViolationView;

/// The violations of a rule since the start of the collector. Those of evicted traces count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleView {
    /// The short name of the rule.
    pub rule: &'static str,
    /// The number of violations, at most 100 for each segment.
    pub count: u64,
    /// The services with violations, sorted.
    pub services: Vec<String>,
    /// What a backend does with a segment that breaks the rule.
    pub explanation: &'static str,
    /// What to change in the agent's code.
    pub remedy: &'static str,
    /// The latest violation. Its trace may have been evicted.
    pub example: ViolationView,
}
