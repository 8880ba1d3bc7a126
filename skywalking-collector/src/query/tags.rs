//! Keys and values of tags, with the number of traces that have them.

use std::cmp::Reverse;

use super::first::First;
use crate::api::{TagKey, TagValue};
use crate::budget::Memory;
use crate::naming;
use crate::store::{Postings, StringId, Term, Traces, searchable};

/// The largest number of keys that are listed.
const MAX_KEYS: usize = 1_000;

/// Returns the keys of tags, those of most traces first. With a service, only its traces count.
pub(crate) fn keys<M: Memory>(
    traces: &Traces,
    service: Option<&str>,
    memory: &mut M,
) -> Result<Vec<TagKey>, M::Error> {
    let most = most_frequent(traces, service, MAX_KEYS, |term| match term {
        Term::TagKey(key) => Some(key),
        _ => None,
    });
    memory.take(bytes(&most))?;
    Ok(most.into_iter().map(|(key, traces)| TagKey { key: key.to_owned(), traces }).collect())
}

/// Returns the values of the tags with this key, those of most traces first. With a service, only
/// its traces count.
pub(crate) fn values<M: Memory>(
    traces: &Traces,
    key: &str,
    service: Option<&str>,
    limit: usize,
    memory: &mut M,
) -> Result<Vec<TagValue>, M::Error> {
    let Some(key) = traces.index().strings().find(searchable(key)) else {
        return Ok(Vec::new());
    };
    let most = most_frequent(traces, service, limit, |term| match term {
        Term::Tag(own, value) if own == key => Some(value),
        _ => None,
    });
    memory.take(bytes(&most))?;
    let view = |(value, traces): (&str, usize)| TagValue { value: value.to_owned(), traces };
    Ok(most.into_iter().map(view).collect())
}

/// Returns the memory of a list of these texts, in bytes.
fn bytes(texts: &[(&str, usize)]) -> usize {
    texts.iter().map(|(text, _)| size_of::<TagValue>() + text.len()).sum()
}

/// Returns the selected texts with the number of traces that have them, those of most traces first,
/// then by name.
fn most_frequent<'a>(
    traces: &'a Traces,
    service: Option<&str>,
    limit: usize,
    select: impl Fn(Term) -> Option<StringId>,
) -> Vec<(&'a str, usize)> {
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
    let mut most = First::new(limit, |(a, of_a): &(&str, usize), (b, of_b)| {
        (Reverse(of_a), a).cmp(&(Reverse(of_b), b))
    });
    for (term, postings) in index.iter() {
        if let Some(text) = select(term)
            && let traces @ 1.. = count(postings)
        {
            most.push((index.text(text), traces));
        }
    }
    most.into_sorted()
}
