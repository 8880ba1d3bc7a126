//! Protocol violations by rule.

use std::collections::BTreeMap;

use crate::api::{RuleView, ViolationView};
use crate::store::RuleCount;

/// Groups the counts by rule, those with the most violations first.
pub(crate) fn by_rule(counts: Vec<RuleCount>) -> Vec<RuleView> {
    let mut rules: BTreeMap<&'static str, Vec<RuleCount>> = BTreeMap::new();
    for count in counts {
        rules.entry(count.rule).or_default().push(count);
    }
    let mut found: Vec<_> =
        rules.into_iter().filter_map(|(rule, counts)| view(rule, &counts)).collect();
    // The sort is stable: rules with equal counts are sorted by name.
    found.sort_by_key(|view| std::cmp::Reverse(view.count));
    found
}

fn view(rule: &'static str, counts: &[RuleCount]) -> Option<RuleView> {
    let latest = counts.iter().max_by_key(|one| one.updated)?;
    let mut services: Vec<_> = counts.iter().map(|one| one.service.clone()).collect();
    services.sort_unstable();
    Some(RuleView {
        rule,
        count: counts.iter().map(|one| one.count).sum(),
        services,
        explanation: latest.example.explanation,
        remedy: latest.example.remedy,
        example: ViolationView {
            trace_id: latest.trace_id.clone(),
            segment_id: latest.segment_id.clone(),
            span_id: latest.example.span_id,
            service: latest.service.clone(),
            service_instance: latest.service_instance.clone(),
            rule: rule.into(),
            text: latest.example.text.clone(),
        },
    })
}
