//! Counts protocol violations by rule and service, also those of evicted traces.

use std::collections::{BTreeMap, HashMap};

use skywalking_proto::rules::Violation;
use skywalking_proto::v3::SegmentObject;

use crate::naming;

/// The largest number of pairs of a rule and a service. At the limit, the pair without a new
/// violation for the longest time is evicted.
const MAX_PAIRS: usize = 2_000;

/// The memory of a pair in bytes, with names and ids of the longest length.
const PAIR_BYTES: usize = 4_096;

/// The violations of a rule in a service.
#[derive(Debug, Clone)]
pub(crate) struct RuleCount {
    pub(crate) service: String,
    pub(crate) count: u64,
    /// The number of the last update.
    pub(crate) updated: u64,
    /// The latest violation, and the segment that has it.
    pub(crate) example: Violation,
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
    /// Counts the violations of a segment.
    pub(super) fn record(&mut self, segment: &SegmentObject, violations: &[Violation]) {
        let service = naming::display_name(&segment.service);
        let mut by_rule: BTreeMap<&'static str, (u64, &Violation)> = BTreeMap::new();
        for violation in violations {
            by_rule.entry(violation.rule.name()).or_insert((0, violation)).0 += 1;
        }
        for (rule, (count, example)) in by_rule {
            let key = (rule, service.to_owned());
            self.updates += 1;
            let before = self.counts.remove(&key);
            let before = before.map_or(0, |before| {
                self.by_update.remove(&before.updated);
                before.count
            });
            self.by_update.insert(self.updates, key.clone());
            let counted = RuleCount {
                service: service.to_owned(),
                count: before + count,
                updated: self.updates,
                example: example.clone(),
                trace_id: segment.trace_id.clone(),
                segment_id: segment.trace_segment_id.clone(),
                service_instance: naming::truncated(&segment.service_instance).to_owned(),
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

    fn segment(service: &str) -> SegmentObject {
        SegmentObject { service: service.into(), ..Default::default() }
    }

    #[test]
    fn violations_are_counted_by_rule_and_service() {
        let mut counts = RuleCounts::default();
        let found = [violation(Rule::NoPeer), violation(Rule::SecondRoot), violation(Rule::NoPeer)];
        counts.record(&segment("a"), &found);
        counts.record(&segment("b"), &found[..1]);
        counts.record(&segment("a"), &found[..1]);

        let mut shown: Vec<_> = counts
            .select(None)
            .iter()
            .map(|one| (one.example.rule.name(), one.service.clone(), one.count))
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
    }

    #[test]
    fn pairs_are_limited() {
        let mut counts = RuleCounts::default();
        for number in 0..MAX_PAIRS + 10 {
            counts.record(&segment(&format!("{number}")), &[violation(Rule::NoPeer)]);
        }
        assert_eq!((counts.counts.len(), counts.by_update.len()), (MAX_PAIRS, MAX_PAIRS));
        assert!(counts.select(Some("9")).is_empty() && !counts.select(Some("10")).is_empty());
    }
}
