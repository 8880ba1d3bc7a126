//! Searches.

use super::CollectorState;
use crate::api::{
    Found, Histogram, MAX_TRACES, NewTraces, TagKey, TagValue, TracePage, TraceQuery,
};
use crate::query::{self, CallEnds, CallEndsReader, Prepared};
use crate::store::Scan;
use crate::text::Needle;

/// The number of texts that are searched while the store is locked.
const SCAN_STEP: usize = 10_000;

impl CollectorState {
    /// Returns the traces that match, in the order of the query.
    pub(crate) fn search(&self, query: &TraceQuery) -> TracePage {
        let prepared = self.prepare(query);
        let found = query::select(self.store().traces(), query, &prepared);
        found.summarize()
    }

    /// Returns when the traces that match started, and how long they took.
    pub(crate) fn histogram(&self, query: &TraceQuery, buckets: usize) -> Histogram {
        let prepared = self.prepare(query);
        let samples = query::samples(self.store().traces(), query, &prepared);
        query::histogram(samples, query, buckets)
    }

    fn prepare(&self, query: &TraceQuery) -> Prepared {
        Prepared { texts: self.scan_texts(query), calls: self.call_ends(query) }
    }

    /// Returns the ends of the calls of the query. The store is not locked all the time.
    pub(crate) fn call_ends(&self, query: &TraceQuery) -> Option<CallEnds> {
        let (source, target) = (query.source.as_deref(), query.target.as_deref());
        let is_set = source.or(target).is_some();
        is_set.then(|| self.read(CallEndsReader::new(source, target)).finish())
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

    /// Returns the traces that match and arrived or grew since the cursor. `calls` has the ends of
    /// the calls of the query.
    pub(crate) fn traces_since(
        &self,
        query: &TraceQuery,
        calls: Option<&CallEnds>,
        cursor: u64,
        limit: usize,
    ) -> NewTraces {
        let (selected, omitted, cursor) = {
            let store = self.store();
            let (selected, omitted) =
                query::select_since(store.traces(), query, calls, cursor, limit);
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
