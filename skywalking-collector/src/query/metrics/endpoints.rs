//! Endpoints with their requests.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::api::{EndpointView, TimeRange};
use crate::query::window::{Reader, Window};
use crate::store::{SeriesRef, Subject, Totals};

/// The memory of an endpoint in the reader and in the result, in addition to its names, in bytes.
const BYTES: usize = 256;

/// Reads the endpoints of one service, or of all.
pub(crate) struct Endpoints {
    service: Option<String>,
    window: Window,
    found: Vec<(Arc<str>, Arc<str>, Totals)>,
}

impl Endpoints {
    pub(crate) fn new(service: Option<String>, range: TimeRange) -> Self {
        Self { service, window: Window::new(range), found: Vec::new() }
    }

    /// Returns at most `limit` endpoints, those with the most requests first.
    pub(crate) fn finish(mut self, limit: usize) -> Vec<EndpointView> {
        self.found.sort_by(|a, b| {
            (Reverse(a.2.calls), &a.0, &a.1).cmp(&(Reverse(b.2.calls), &b.0, &b.1))
        });
        self.found.truncate(limit);
        let view = |(service, endpoint, totals): &(Arc<str>, Arc<str>, Totals)| EndpointView {
            service: service.as_ref().to_owned(),
            endpoint: endpoint.as_ref().to_owned(),
            stats: self.window.stats(totals),
        };
        self.found.iter().map(view).collect()
    }
}

impl Reader for Endpoints {
    fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        let Subject::Endpoint { service, endpoint } = &series.subject else {
            return 0;
        };
        if self.service.as_ref().is_some_and(|wanted| **wanted != **service) {
            return 0;
        }
        let mut totals = Totals::default();
        self.window.add(series, &mut totals);
        if totals.calls == 0 {
            return 0;
        }
        let bytes = BYTES + series.subject.text_bytes() + totals.heap_bytes();
        self.found.push((Arc::clone(service), Arc::clone(endpoint), totals));
        bytes
    }
}
