//! Which traces a query selects.
//!
//! A search finds them by the index. A single trace, such as one that has just arrived, is checked
//! by its own terms.

use crate::api::{TimeRange, TraceQuery};
use crate::naming;
use crate::query::topology::CallEnds;
use crate::store::{
    Index, Postings, Scan, StoredTrace, StringId, Term, TraceFacts, Traces, searchable,
};
use crate::text::Needle;

/// A condition on the terms of a trace.
enum Condition<'a> {
    Postings(&'a Postings),
    /// By the position of the trace.
    Set(Vec<bool>),
}

/// What is looked up for a query before the traces are selected.
#[derive(Default)]
pub(crate) struct Prepared {
    /// The texts that contain the text of the query.
    pub(crate) texts: Option<Scan>,
    /// The ends of the calls of the query.
    pub(crate) calls: Option<CallEnds>,
}

/// Passes the traces that match to `visit`, with their numbers, until it returns an error.
pub(crate) fn matching<'a, E>(
    traces: &'a Traces,
    query: &TraceQuery,
    prepared: &Prepared,
    mut visit: impl FnMut(u64, &'a StoredTrace) -> Result<(), E>,
) -> Result<(), E> {
    let Some(mut conditions) = conditions(traces, query, prepared) else {
        return Ok(());
    };
    let first = traces.first();
    let number = |position: usize| first + position as u64;
    // The shortest list gives the candidates, and the other conditions are checked for each.
    conditions.sort_by_key(|condition| match condition {
        Condition::Postings(postings) => postings.len(),
        Condition::Set(_) => usize::MAX,
    });
    let mut conditions = conditions.into_iter();
    let candidates: Box<dyn Iterator<Item = u64>> = match conditions.next() {
        Some(Condition::Postings(postings)) => Box::new(postings.offsets(first).map(number)),
        Some(Condition::Set(set)) => Box::new(
            set.into_iter()
                .enumerate()
                .filter(|(_, is_in)| *is_in)
                .map(move |(position, _)| number(position)),
        ),
        None => Box::new(traces.by_start(query.from, query.to)),
    };
    let rest: Vec<_> = conditions.collect();
    let meets_all = |number: u64| {
        rest.iter().all(|condition| match condition {
            Condition::Postings(postings) => postings.contains(number, first),
            Condition::Set(set) => {
                let position = usize::try_from(number - first).unwrap_or(usize::MAX);
                set.get(position) == Some(&true)
            }
        })
    };
    candidates
        .filter_map(|number| Some((number, traces.by_number(number)?)))
        .filter(|(number, trace)| has_numbers(&trace.facts, query) && meets_all(*number))
        .try_for_each(|(number, trace)| visit(number, trace))
}

/// Returns the conditions on terms, or `None` if no trace meets them.
fn conditions<'a>(
    traces: &'a Traces,
    query: &TraceQuery,
    prepared: &Prepared,
) -> Option<Vec<Condition<'a>>> {
    let index = traces.index();
    let mut found = Vec::new();
    let postings = |term: Term| index.postings(term).map(Condition::Postings);
    let find = |text: &str| index.strings().find(text);
    let service = match &query.service {
        Some(service) => Some(find(naming::display_name(service))?),
        None => None,
    };
    if let Some(service) = service {
        found.push(postings(Term::Service(service))?);
    }
    if let Some(instance) = &query.instance {
        let instance = find(naming::display_name(instance))?;
        found.push(match service {
            Some(service) => postings(Term::Instance(service, instance))?,
            None => {
                any_of(traces, |term| matches!(term, Term::Instance(_, own) if own == instance))
            }
        });
    }
    if let Some(endpoint) = &query.endpoint {
        let endpoint = find(searchable(endpoint))?;
        found.push(match service {
            Some(service) => postings(Term::Endpoint(service, endpoint))?,
            None => {
                any_of(traces, |term| matches!(term, Term::Endpoint(_, own) if own == endpoint))
            }
        });
    }
    for (key, value) in &query.tags {
        let key = find(searchable(key))?;
        found.push(match value {
            Some(value) => postings(Term::Tag(key, find(searchable(value))?))?,
            None => postings(Term::TagKey(key))?,
        });
    }
    if query.is_error == Some(true) {
        found.push(postings(Term::Error)?);
    }
    if query.has_violations {
        found.push(postings(Term::Violation)?);
    }
    if let Some(calls) = &prepared.calls {
        let sent = calls.sent().filter_map(|(caller, address)| {
            index.postings(Term::Sent(find(caller)?, find(address)?))
        });
        let received = calls.received().filter_map(|(caller, service)| {
            index.postings(Term::Received(find(caller)?, find(service)?))
        });
        found.push(union(traces, sent.chain(received)));
    }
    if let Some(texts) = &prepared.texts {
        let is_found = |text: StringId| index.strings().is_found(texts, text);
        found.push(any_of(traces, |term| term.searched().any(is_found)));
    }
    Some(found)
}

/// Returns the traces that have any of the selected terms.
fn any_of(traces: &Traces, is_selected: impl Fn(Term) -> bool) -> Condition<'_> {
    let selected = traces.index().iter().filter(|(term, _)| is_selected(*term));
    union(traces, selected.map(|(_, postings)| postings))
}

/// Returns the traces of all these lists.
fn union<'a>(traces: &Traces, lists: impl Iterator<Item = &'a Postings>) -> Condition<'a> {
    let mut set = vec![false; traces.len()];
    for postings in lists {
        for position in postings.offsets(traces.first()) {
            if let Some(is_in) = set.get_mut(position) {
                *is_in = true;
            }
        }
    }
    Condition::Set(set)
}

/// Returns whether time, duration and error are as in the query.
fn has_numbers(facts: &TraceFacts, query: &TraceQuery) -> bool {
    TimeRange { from: query.from, to: query.to }.contains(facts.start)
        && query.min_duration.is_none_or(|min| facts.duration() >= min)
        && query.max_duration.is_none_or(|max| facts.duration() <= max)
        && query.is_error.is_none_or(|is_error| facts.is_error == is_error)
        && (!query.has_violations || facts.violations > 0)
}

/// Returns whether a single trace matches. `needle` is the text of the query, and `calls` has the
/// ends of its calls.
pub(crate) fn is_match(
    index: &Index,
    trace: &StoredTrace,
    query: &TraceQuery,
    needle: Option<&Needle>,
    calls: Option<&CallEnds>,
) -> bool {
    let has = |is_selected: &dyn Fn(Term) -> bool| {
        trace.terms.iter().filter_map(|id| index.term(*id)).any(is_selected)
    };
    let is = |id: StringId, text: &str| index.text(id) == text;
    let service = query.service.as_deref().map(naming::display_name);
    let is_service = |id: StringId| service.is_none_or(|service| is(id, service));
    has_numbers(&trace.facts, query)
        && service
            .is_none_or(|_| has(&|term| matches!(term, Term::Service(own) if is_service(own))))
        && query.instance.as_deref().map(naming::display_name).is_none_or(|instance| {
            has(&|term| match term {
                Term::Instance(service, own) => is_service(service) && is(own, instance),
                _ => false,
            })
        })
        && query.endpoint.as_deref().map(searchable).is_none_or(|endpoint| {
            has(&|term| match term {
                Term::Endpoint(service, own) => is_service(service) && is(own, endpoint),
                _ => false,
            })
        })
        && query.tags.iter().all(|(key, value)| {
            has(&|term| match (term, value) {
                (Term::Tag(own, own_value), Some(value)) => {
                    is(own, searchable(key)) && is(own_value, searchable(value))
                }
                (Term::TagKey(own), None) => is(own, searchable(key)),
                _ => false,
            })
        })
        && calls.is_none_or(|calls| {
            has(&|term| match term {
                Term::Sent(caller, address) => {
                    calls.is_sent(index.text(caller), index.text(address))
                }
                Term::Received(caller, service) => {
                    calls.is_received(index.text(caller), index.text(service))
                }
                _ => false,
            })
        })
        && needle.is_none_or(|needle| {
            has(&|term| term.searched().any(|text| needle.is_in(index.text(text))))
        })
}

#[cfg(test)]
mod tests;
