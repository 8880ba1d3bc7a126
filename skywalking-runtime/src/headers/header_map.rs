//! The carrier of HTTP: `http::HeaderMap`.

use std::borrow::Cow;

use crate::config::policies::OtherContexts;
use crate::headers::carrier::{Extract, Inject};
use crate::headers::carriers::{is_addable, is_holdable};
use crate::headers::incoming::{Header, IncomingHeaders};
use crate::util::diagnostics::{self, Diagnostic};

/// Returns the parsed name of a known header.
fn known_name(key: &str) -> Option<&'static http::HeaderName> {
    use crate::headers::correlation;
    use crate::headers::extension;
    use crate::headers::sw8;
    use crate::headers::w3c;
    static TRACEPARENT: http::HeaderName = http::HeaderName::from_static(w3c::TRACEPARENT);
    static TRACESTATE: http::HeaderName = http::HeaderName::from_static(w3c::TRACESTATE);
    static REQUEST_ID: http::HeaderName = http::HeaderName::from_static(w3c::REQUEST_ID);
    static SW8: http::HeaderName = http::HeaderName::from_static(sw8::HEADER);
    static CORRELATION: http::HeaderName = http::HeaderName::from_static(correlation::HEADER);
    static EXTENSION: http::HeaderName = http::HeaderName::from_static(extension::HEADER);
    match key {
        sw8::HEADER => Some(&SW8),
        correlation::HEADER => Some(&CORRELATION),
        extension::HEADER => Some(&EXTENSION),
        w3c::TRACEPARENT => Some(&TRACEPARENT),
        w3c::TRACESTATE => Some(&TRACESTATE),
        w3c::REQUEST_ID => Some(&REQUEST_ID),
        _ => None,
    }
}

fn text_of(value: &http::HeaderValue) -> Cow<'_, str> {
    // `from_utf8_lossy` checks byte by byte, and values rarely need a replacement.
    let bytes = value.as_bytes();
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

impl Extract for http::HeaderMap {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        let value = match known_name(key) {
            Some(name) => self.get(name),
            None => self.get(key),
        };
        value.map(text_of)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        let first = self.header(key)?;
        if key != crate::headers::w3c::TRACESTATE {
            return Some(first);
        }
        // The list may be spread over several headers, which are joined.
        let more = self.get_all(key).iter().skip(1).map(text_of);
        Some(more.fold(first, |all, value| Cow::Owned(format!("{all},{value}"))))
    }

    fn __read_all<'a>(&'a self, others: OtherContexts, found: &mut IncomingHeaders<'a>) -> bool {
        for (name, value) in self {
            if let Some(header) =
                Header::of(name.as_str()).filter(|header| header.is_wanted(others))
            {
                found.add(header, || text_of(value));
            }
        }
        true
    }
}

impl Inject for http::HeaderMap {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if !is_holdable(value) {
            return;
        }
        let name =
            known_name(key).cloned().or_else(|| http::HeaderName::from_bytes(key.as_bytes()).ok());
        let set = match (name, http::HeaderValue::from_str(value)) {
            // `insert` panics if the map is full.
            (Some(name), Ok(value)) => self.try_insert(name, value).is_ok(),
            _ => false,
        };
        if !set {
            diagnostics::count(Diagnostic::HeaderRefused);
        }
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        if !is_addable(value) || self.contains_key(key) {
            return false;
        }
        let name =
            known_name(key).cloned().or_else(|| http::HeaderName::from_bytes(key.as_bytes()).ok());
        match (name, http::HeaderValue::from_str(value)) {
            (Some(name), Ok(value)) => self.try_insert(name, value).is_ok(),
            _ => false,
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        match known_name(key) {
            Some(name) => self.remove(name),
            None => self.remove(key),
        };
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
    fn full_map_rejects_a_header_without_panic() {
        let mut carrier = http::HeaderMap::new();
        let mut names = (0..)
            .map(|number| http::HeaderName::try_from(format!("mine-{number}")).expect("a name"));
        while let Some(name) = names.next()
            && carrier.try_insert(name, http::HeaderValue::from_static("1")).is_ok()
        {}
        let before = diagnostics::read(Diagnostic::HeaderRefused);
        carrier.set_header("sw8", "1");
        assert_eq!(carrier.header("sw8"), None);
        assert!(diagnostics::read(Diagnostic::HeaderRefused) > before);
    }
}
