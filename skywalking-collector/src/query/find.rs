//! Looks for a text in the ids of traces and in the names of services and endpoints.

use std::cmp::{Ordering, Reverse};

use super::first::First;
use super::summaries::TraceSelection;
use crate::api::{Found, FoundEndpoint};
use crate::budget::Memory;
use crate::store::{Postings, Term, Traces};
use crate::text::Needle;

/// What was found, not summarized yet.
pub(crate) struct FoundSelection {
    traces: Vec<TraceSelection>,
    services: Vec<String>,
    endpoints: Vec<FoundEndpoint>,
}

impl FoundSelection {
    pub(crate) fn summarize(self) -> Found {
        let Self { traces, services, endpoints } = self;
        let traces = traces.into_iter().map(TraceSelection::summarize).collect();
        Found { traces, services, endpoints }
    }
}

/// Returns at most `limit` traces, services and endpoints.
pub(crate) fn find<M: Memory>(
    traces: &Traces,
    text: &str,
    limit: usize,
    memory: &mut M,
) -> Result<FoundSelection, M::Error> {
    let index = traces.index();
    let needle = Needle::new(text);
    let mut services = First::new(limit, most_traces::<&str>);
    let mut endpoints = First::new(limit, most_traces::<(&str, &str)>);
    for (term, postings) in index.iter() {
        match term {
            Term::Service(name) if needle.is_in(index.text(name)) => {
                services.push((index.text(name), postings));
            }
            Term::Endpoint(service, name) if needle.is_in(index.text(name)) => {
                endpoints.push(((index.text(service), index.text(name)), postings));
            }
            _ => {}
        }
    }
    let (services, endpoints) = (services.into_sorted(), endpoints.into_sorted());
    let newest = traces.iter().rev().filter(|trace| trace.id.starts_with(text)).take(limit);
    let newest: Vec<_> = newest.collect();
    let of_endpoint =
        |(service, name): &(&str, &str)| size_of::<FoundEndpoint>() + service.len() + name.len();
    let services_bytes: usize = services.iter().map(|(name, _)| 2 * (24 + name.len())).sum();
    let endpoints_bytes: usize = endpoints.iter().map(|(names, _)| 2 * of_endpoint(names)).sum();
    let traces_bytes: usize = newest.iter().map(|trace| TraceSelection::bytes(trace)).sum();
    memory.take(services_bytes + endpoints_bytes + traces_bytes)?;
    Ok(FoundSelection {
        traces: newest.into_iter().map(TraceSelection::new).collect(),
        services: services.into_iter().map(|(name, _)| name.to_owned()).collect(),
        endpoints: endpoints
            .into_iter()
            .map(|((service, endpoint), _)| FoundEndpoint {
                service: service.to_owned(),
                endpoint: endpoint.to_owned(),
            })
            .collect(),
    })
}

/// Orders names by the number of their traces, the largest first, then by name.
fn most_traces<T: Ord>((a, of_a): &(T, &Postings), (b, of_b): &(T, &Postings)) -> Ordering {
    (Reverse(of_a.len()), a).cmp(&(Reverse(of_b.len()), b))
}
