//! Searches.

use super::{CollectorState, POINT_BYTES};
use crate::api::{
    Found, Histogram, MAX_TRACES, NewTraces, TagKey, TagValue, TracePage, TraceQuery,
};
use crate::budget::Memory;
use crate::query::{self, CallEnds, CallEndsReader, Prepared};
use crate::store::Scan;
use crate::text::Needle;

/// The number of texts that are searched while the store is locked.
const SCAN_STEP: usize = 10_000;

impl CollectorState {
    /// Returns the traces that match, in the order of the query.
    pub(crate) fn search<M: Memory>(
        &self,
        query: &TraceQuery,
        memory: &mut M,
    ) -> Result<TracePage, M::Error> {
        let prepared = self.prepare(query, memory)?;
        let found = query::select(self.store().traces(), query, &prepared, memory)?;
        Ok(found.summarize())
    }

    /// Returns when the traces that match started, and how long they took.
    pub(crate) fn histogram<M: Memory>(
        &self,
        query: &TraceQuery,
        buckets: usize,
        memory: &mut M,
    ) -> Result<Histogram, M::Error> {
        memory.take(buckets.saturating_mul(POINT_BYTES))?;
        let prepared = self.prepare(query, memory)?;
        let samples = query::samples(self.store().traces(), query, &prepared, memory)?;
        Ok(query::histogram(samples, query, buckets))
    }

    fn prepare<M: Memory>(&self, query: &TraceQuery, memory: &mut M) -> Result<Prepared, M::Error> {
        let texts = self.scan_texts(query, memory)?;
        Ok(Prepared { texts, calls: self.call_ends(query, memory)? })
    }

    /// Returns the ends of the calls of the query. The store is not locked all the time.
    pub(crate) fn call_ends<M: Memory>(
        &self,
        query: &TraceQuery,
        memory: &mut M,
    ) -> Result<Option<CallEnds>, M::Error> {
        let (source, target) = (query.source.as_deref(), query.target.as_deref());
        if source.or(target).is_none() {
            return Ok(None);
        }
        Ok(Some(self.read(CallEndsReader::new(source, target), memory)?.finish()))
    }

    /// Looks for the text of the query. The store is not locked all the time.
    fn scan_texts<M: Memory>(
        &self,
        query: &TraceQuery,
        memory: &mut M,
    ) -> Result<Option<Scan>, M::Error> {
        let Some(text) = &query.text else {
            return Ok(None);
        };
        let needle = Needle::new(text);
        memory.take(self.store().traces().index().strings().scan_bytes())?;
        let mut scan = self.store().traces().index().strings().scan();
        while self
            .store()
            .traces()
            .index()
            .strings()
            .scan_next(&mut scan, SCAN_STEP, |text| needle.is_in(text))
        {}
        Ok(Some(scan))
    }

    /// Returns the traces that match and arrived or grew since the cursor. `calls` has the ends of
    /// the calls of the query.
    pub(crate) fn traces_since<M: Memory>(
        &self,
        query: &TraceQuery,
        calls: Option<&CallEnds>,
        cursor: u64,
        limit: usize,
        memory: &mut M,
    ) -> Result<NewTraces, M::Error> {
        let (selected, omitted, cursor) = {
            let store = self.store();
            let traces = store.traces();
            let (selected, omitted) =
                query::select_since(traces, query, calls, cursor, limit, memory)?;
            (selected, omitted, traces.last_arrival())
        };
        Ok(NewTraces {
            traces: selected.into_iter().map(query::TraceSelection::summarize).collect(),
            omitted,
            cursor,
        })
    }

    pub(crate) fn tag_keys<M: Memory>(
        &self,
        service: Option<&str>,
        memory: &mut M,
    ) -> Result<Vec<TagKey>, M::Error> {
        query::tag_keys(self.store().traces(), service, memory)
    }

    pub(crate) fn tag_values<M: Memory>(
        &self,
        key: &str,
        service: Option<&str>,
        limit: usize,
        memory: &mut M,
    ) -> Result<Vec<TagValue>, M::Error> {
        query::tag_values(self.store().traces(), key, service, limit.min(MAX_TRACES), memory)
    }

    pub(crate) fn find<M: Memory>(
        &self,
        text: &str,
        limit: usize,
        memory: &mut M,
    ) -> Result<Found, M::Error> {
        let found = query::find(self.store().traces(), text, limit.min(MAX_TRACES), memory)?;
        Ok(found.summarize())
    }
}
