//! Counts protocol violations by rule and service, also those of evicted traces and of refused
//! records.

use std::collections::{BTreeMap, HashMap};

use skywalking_proto::rules::{RecordRule, Violation};

use crate::naming;
use crate::text::head;

/// The largest number of pairs of a rule and a service. At the limit, the pair without a new
/// violation for the longest time is evicted.
const MAX_PAIRS: usize = 2_000;

/// The memory of a pair in bytes, with names and ids of the longest length.
const PAIR_BYTES: usize = 4_096;

/// The longest id that is kept, in characters.
const MAX_ID: usize = 150;

/// A violation as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) explanation: &'static str,
    pub(crate) remedy: &'static str,
    pub(crate) span_id: Option<i32>,
    pub(crate) text: String,
}

/// What breaks a rule: a segment, or a record.
pub(crate) trait Broken {
    /// Returns the short name of the rule.
    fn rule(&self) -> &'static str;
    fn example(&self) -> Example;
}

impl Broken for Violation {
    fn rule(&self) -> &'static str {
        self.rule.name()
    }

    fn example(&self) -> Example {
        Example {
            explanation: self.rule.explanation(),
            remedy: self.rule.remedy(),
            span_id: self.span_id,
            text: self.to_string(),
        }
    }
}

impl Broken for RecordRule {
    fn rule(&self) -> &'static str {
        self.name()
    }

    fn example(&self) -> Example {
        Example {
            explanation: self.explanation(),
            remedy: self.remedy(),
            span_id: None,
            text: self.to_string(),
        }
    }
}

/// Where violations come from, as the agent reported it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin<'a> {
    pub(crate) service: &'a str,
    pub(crate) service_instance: &'a str,
    pub(crate) trace_id: &'a str,
    pub(crate) segment_id: &'a str,
}

/// The violations of a rule in a service.
#[derive(Debug, Clone)]
pub(crate) struct RuleCount {
    pub(crate) rule: &'static str,
    pub(crate) service: String,
    pub(crate) count: u64,
    /// The number of the last update.
    pub(crate) updated: u64,
    /// The latest violation, and where it comes from.
    pub(crate) example: Example,
    pub(crate) trace_id: String,
    pub(crate) segment_id: String,
    pub(crate) service_instance: String,
}

type Key = (&'static str, String);

#[derive(Debug, Default)]
pub(super) struct RuleCounts {
    counts: HashMap<Key, RuleCount>,
    by_update: BTreeMap<u64, Key>,
    updates: u64,
}

impl RuleCounts {
    /// Counts the violations of a segment or a record.
    pub(super) fn record(&mut self, origin: Origin<'_>, violations: &[impl Broken]) {
        if violations.is_empty() {
            return;
        }
        let service = naming::display_name(origin.service);
        let mut by_rule: BTreeMap<&'static str, (u64, &_)> = BTreeMap::new();
        for violation in violations {
            by_rule.entry(violation.rule()).or_insert((0, violation)).0 += 1;
        }
        for (rule, (count, violation)) in by_rule {
            let key = (rule, service.to_owned());
            self.updates += 1;
            let before = self.counts.remove(&key);
            let before = before.map_or(0, |before| {
                self.by_update.remove(&before.updated);
                before.count
            });
            self.by_update.insert(self.updates, key.clone());
            let counted = RuleCount {
                rule,
                service: service.to_owned(),
                count: before + count,
                updated: self.updates,
                example: violation.example(),
                trace_id: head(origin.trace_id, MAX_ID).to_owned(),
                segment_id: head(origin.segment_id, MAX_ID).to_owned(),
                service_instance: naming::truncated(origin.service_instance).to_owned(),
            };
            self.counts.insert(key, counted);
        }
        while self.counts.len() > MAX_PAIRS {
            let Some((_, key)) = self.by_update.pop_first() else {
                break;
            };
            self.counts.remove(&key);
        }
    }

    /// Returns the memory of all counts, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.counts.len() * PAIR_BYTES
    }

    /// Returns the counts of a service, or of all.
    pub(super) fn select(&self, service: Option<&str>) -> Vec<RuleCount> {
        let counts = self.counts.values();
        counts.filter(|one| service.is_none_or(|service| service == one.service)).cloned().collect()
    }

    /// Returns the number of violations of each service.
    pub(super) fn by_service(&self) -> HashMap<String, u64> {
        let mut sums = HashMap::new();
        for one in self.counts.values() {
            *sums.entry(one.service.clone()).or_default() += one.count;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use skywalking_proto::rules::Rule;

    use super::*;

    fn violation(rule: Rule) -> Violation {
        Violation { segment_id: String::new(), span_id: None, rule }
    }

    fn of(service: &str) -> Origin<'_> {
        Origin { service, ..Origin::default() }
    }

    #[test]
    fn violations_are_counted_by_rule_and_service() {
        let mut counts = RuleCounts::default();
        let found = [violation(Rule::NoPeer), violation(Rule::SecondRoot), violation(Rule::NoPeer)];
        counts.record(of("a"), &found);
        counts.record(of("b"), &found[..1]);
        counts.record(of("a"), &found[..1]);

        let mut shown: Vec<_> = counts
            .select(None)
            .iter()
            .map(|one| (one.rule, one.service.clone(), one.count))
            .collect();
        shown.sort();
        assert_eq!(
            shown,
            [
                ("no-peer", "a".to_owned(), 3),
                ("no-peer", "b".to_owned(), 1),
                ("second-root", "a".to_owned(), 1)
            ]
        );
        assert_eq!(counts.select(Some("b")).len(), 1);
        assert_eq!(counts.by_service(), [("a".to_owned(), 4), ("b".to_owned(), 1)].into());

        counts.record(of(" "), &[RecordRule::NoBody]);
        let found = counts.select(Some("_blank"));
        assert_eq!((found[0].rule, found[0].count), ("log-no-body", 1));
        assert!(found[0].example.text.starts_with("the log has no body"), "{found:?}");
    }

    #[test]
    fn pairs_are_limited() {
        let mut counts = RuleCounts::default();
        for number in 0..MAX_PAIRS + 10 {
            counts.record(of(&format!("{number}")), &[violation(Rule::NoPeer)]);
        }
        assert_eq!((counts.counts.len(), counts.by_update.len()), (MAX_PAIRS, MAX_PAIRS));
        assert!(counts.select(Some("9")).is_empty() && !counts.select(Some("10")).is_empty());
    }
}
