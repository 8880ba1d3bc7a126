//! Looks for a text in the ids of traces and in the names of services and endpoints.

use std::cmp::Reverse;

use super::summaries::TraceSelection;
use crate::api::{Found, FoundEndpoint};
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
pub(crate) fn find(traces: &Traces, text: &str, limit: usize) -> FoundSelection {
    let index = traces.index();
    let needle = Needle::new(text);
    let (mut services, mut endpoints) = (Vec::new(), Vec::new());
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
    let newest = traces.iter().rev().filter(|trace| trace.id.starts_with(text));
    FoundSelection {
        traces: newest.take(limit).map(TraceSelection::new).collect(),
        services: most_traces(services, limit).map(str::to_owned).collect(),
        endpoints: most_traces(endpoints, limit)
            .map(|(service, endpoint)| FoundEndpoint {
                service: service.to_owned(),
                endpoint: endpoint.to_owned(),
            })
            .collect(),
    }
}

/// Returns the names of most traces, then by name.
fn most_traces<T: Ord + Copy>(
    mut found: Vec<(T, &Postings)>,
    limit: usize,
) -> impl Iterator<Item = T> {
    found.sort_unstable_by_key(|(name, postings)| (Reverse(postings.len()), *name));
    found.into_iter().map(|(name, _)| name).take(limit)
}
