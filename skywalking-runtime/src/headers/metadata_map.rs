//! The carrier of tonic: `MetadataMap`, which wraps an `http::HeaderMap`.

use std::borrow::Cow;

use http::HeaderMap;
use tonic::metadata::MetadataMap;

use crate::config::policies::OtherContexts;
use crate::headers::carrier::{Extract, Inject};
use crate::headers::incoming::IncomingHeaders;

fn headers(metadata: &MetadataMap) -> &HeaderMap {
    metadata.as_ref()
}

fn headers_mut(metadata: &mut MetadataMap) -> &mut HeaderMap {
    metadata.as_mut()
}

impl Extract for MetadataMap {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        headers(self).header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        headers(self).other_header(key)
    }

    fn __read_all<'a>(&'a self, others: OtherContexts, found: &mut IncomingHeaders<'a>) -> bool {
        headers(self).__read_all(others, found)
    }
}

impl Inject for MetadataMap {
    fn set_header(&mut self, key: &'static str, value: &str) {
        headers_mut(self).set_header(key, value);
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        headers_mut(self).add_other_header(key, value)
    }

    fn remove_header(&mut self, key: &'static str) {
        headers_mut(self).remove_header(key);
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_behaves_like_its_headers() {
        let mut metadata = MetadataMap::new();
        metadata.set_header("sw8", "one");
        metadata.set_header("sw8", "two");
        assert!(metadata.add_other_header("traceparent", "parent"));
        assert!(!metadata.add_other_header("traceparent", "another"));
        metadata.append("tracestate", "a=1".parse().unwrap());
        metadata.append("tracestate", "b=2".parse().unwrap());
        assert_eq!(metadata.header("sw8").as_deref(), Some("two"));
        assert_eq!(metadata.other_header("traceparent").as_deref(), Some("parent"));
        assert_eq!(metadata.other_header("tracestate").as_deref(), Some("a=1,b=2"));
        let received = IncomingHeaders::of(&metadata, OtherContexts::Keep);
        assert!(!received.is_empty());
        metadata.remove_header("sw8");
        assert_eq!(metadata.get("sw8"), None);
        assert!(MetadataMap::__empty().is_some_and(|empty| empty.__is_empty()));
    }
}
