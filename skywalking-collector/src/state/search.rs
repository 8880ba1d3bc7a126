//! Searches.

use super::CollectorState;
use crate::api::{
    Found, Histogram, MAX_TRACES, NewTraces, TagKey, TagValue, TracePage, TraceQuery,
};
use crate::query;
use crate::store::Scan;
use crate::text::Needle;

/// The number of texts that are searched while the store is locked.
const SCAN_STEP: usize = 10_000;

impl CollectorState {
    /// Returns the traces that match, in the order of the query.
    pub(crate) fn search(&self, query: &TraceQuery) -> TracePage {
        let texts = self.scan_texts(query);
        let found = query::select(self.store().traces(), query, texts.as_ref());
        found.summarize()
    }

    /// Returns when the traces that match started, and how long they took.
    pub(crate) fn histogram(&self, query: &TraceQuery, buckets: usize) -> Histogram {
        let texts = self.scan_texts(query);
        let samples = query::samples(self.store().traces(), query, texts.as_ref());
        query::histogram(samples, query, buckets)
    }

    /// Looks for the text of the query. The store is not locked all the time.
    fn scan_texts(&self, query: &TraceQuery) -> Option<Scan> {
        let needle = Needle::new(query.text.as_ref()?);
        let mut scan = self.store().traces().index().strings().scan();
        while self
            .store()
            .traces()
            .index()
            .strings()
            .scan_next(&mut scan, SCAN_STEP, |text| needle.is_in(text))
        {}
        Some(scan)
    }

    /// Returns the traces that match and arrived or grew since the cursor.
    pub(crate) fn traces_since(&self, query: &TraceQuery, cursor: u64, limit: usize) -> NewTraces {
        let (selected, omitted, cursor) = {
            let store = self.store();
            let (selected, omitted) = query::select_since(store.traces(), query, cursor, limit);
            (selected, omitted, store.traces().last_arrival())
        };
        NewTraces {
            traces: selected.into_iter().map(query::TraceSelection::summarize).collect(),
            omitted,
            cursor,
        }
    }

    pub(crate) fn tag_keys(&self, service: Option<&str>) -> Vec<TagKey> {
        query::tag_keys(self.store().traces(), service)
    }

    pub(crate) fn tag_values(
        &self,
        key: &str,
        service: Option<&str>,
        limit: usize,
    ) -> Vec<TagValue> {
        query::tag_values(self.store().traces(), key, service, limit.min(MAX_TRACES))
    }

    pub(crate) fn find(&self, text: &str, limit: usize) -> Found {
        let found = query::find(self.store().traces(), text, limit.min(MAX_TRACES));
        found.summarize()
    }
}
