//! Keys and values of tags, with the number of traces that have them.

use std::cmp::Reverse;

use crate::api::{TagKey, TagValue};
use crate::naming;
use crate::store::{Postings, StringId, Term, Traces, searchable};

/// The largest number of keys that are listed.
const MAX_KEYS: usize = 1_000;

/// Returns the keys of tags, those of most traces first. With a service, only its traces count.
pub(crate) fn keys(traces: &Traces, service: Option<&str>) -> Vec<TagKey> {
    let counted = count(traces, service, |term| match term {
        Term::TagKey(key) => Some(key),
        _ => None,
    });
    let text = |key| traces.index().text(key).to_owned();
    let most = most_frequent(traces, counted, MAX_KEYS).into_iter();
    most.map(|(key, traces)| TagKey { key: text(key), traces }).collect()
}

/// Returns the values of the tags with this key, those of most traces first. With a service, only
/// its traces count.
pub(crate) fn values(
    traces: &Traces,
    key: &str,
    service: Option<&str>,
    limit: usize,
) -> Vec<TagValue> {
    let Some(key) = traces.index().strings().find(searchable(key)) else {
        return Vec::new();
    };
    let counted = count(traces, service, |term| match term {
        Term::Tag(own, value) if own == key => Some(value),
        _ => None,
    });
    let text = |value| traces.index().text(value).to_owned();
    let most = most_frequent(traces, counted, limit).into_iter();
    most.map(|(value, traces)| TagValue { value: text(value), traces }).collect()
}

/// Returns the selected texts with the number of traces that have them.
fn count(
    traces: &Traces,
    service: Option<&str>,
    select: impl Fn(Term) -> Option<StringId>,
) -> Vec<(StringId, usize)> {
    let index = traces.index();
    let of_service = service.map(|service| {
        let mut of_service = vec![false; traces.len()];
        let name = index.strings().find(naming::display_name(service));
        let postings = name.and_then(|name| index.postings(Term::Service(name)));
        for position in postings.into_iter().flat_map(|found| found.offsets(traces.first())) {
            if let Some(is_in) = of_service.get_mut(position) {
                *is_in = true;
            }
        }
        of_service
    });
    let count = |postings: &Postings| match &of_service {
        None => postings.len(),
        Some(of_service) => postings
            .offsets(traces.first())
            .filter(|position| of_service.get(*position) == Some(&true))
            .count(),
    };
    let selected = index.iter().filter_map(|(term, found)| Some((select(term)?, count(found))));
    selected.filter(|(_, traces)| *traces > 0).collect()
}

/// Returns the texts of most traces, then by name.
fn most_frequent(
    traces: &Traces,
    mut counted: Vec<(StringId, usize)>,
    limit: usize,
) -> Vec<(StringId, usize)> {
    let key = |(text, count): &(StringId, usize)| (Reverse(*count), traces.index().text(*text));
    if limit < counted.len() {
        counted.select_nth_unstable_by(limit, |a, b| key(a).cmp(&key(b)));
        counted.truncate(limit);
    }
    counted.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    counted
}
