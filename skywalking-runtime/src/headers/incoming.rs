//! The headers of a request, read at once: one iteration over a map of headers replaces six
//! look-ups and their hashes.

use std::borrow::Cow;

use crate::config::policies::OtherContexts;
use crate::context::quiet::Quiet;
use crate::headers::carrier::Extract;
use crate::headers::correlation;
use crate::headers::extension;
use crate::headers::sw8;
use crate::headers::w3c;
use crate::util::catch_panic::catch_panic;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text;

/// A known header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    Sw8,
    Correlation,
    Extension,
    Parent,
    State,
    RequestId,
}

impl Header {
    const ALL: [Self; 6] =
        [Self::Sw8, Self::Correlation, Self::Extension, Self::Parent, Self::State, Self::RequestId];

    /// Returns the header with this name. The length excludes most other names.
    #[inline]
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            sw8::HEADER => Some(Self::Sw8),
            correlation::HEADER => Some(Self::Correlation),
            extension::HEADER => Some(Self::Extension),
            w3c::TRACEPARENT => Some(Self::Parent),
            w3c::TRACESTATE => Some(Self::State),
            w3c::REQUEST_ID => Some(Self::RequestId),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sw8 => sw8::HEADER,
            Self::Correlation => correlation::HEADER,
            Self::Extension => extension::HEADER,
            Self::Parent => w3c::TRACEPARENT,
            Self::State => w3c::TRACESTATE,
            Self::RequestId => w3c::REQUEST_ID,
        }
    }

    pub(crate) fn is_wanted(self, others: OtherContexts) -> bool {
        others == OtherContexts::Keep
            || matches!(self, Self::Sw8 | Self::Correlation | Self::Extension)
    }

    /// Returns the most bytes of a useful value, and the reason for rejecting a longer one.
    fn limit(self) -> (usize, Diagnostic) {
        match self {
            Self::Sw8 => (sw8::LIMIT, Diagnostic::Sw8TooLong),
            Self::Correlation => {
                (correlation::Limits::MOST.header(), Diagnostic::CorrelationTooLong)
            }
            Self::Extension => (extension::LIMIT, Diagnostic::ExtensionField),
            Self::Parent => (w3c::PARENT_LIMIT, Diagnostic::OtherContext),
            Self::State => (w3c::STATE_LIMIT, Diagnostic::OtherContext),
            // Each unit has three bytes at most.
            Self::RequestId => (3 * w3c::REQUEST_ID_LIMIT, Diagnostic::OtherContext),
        }
    }
}

/// The known headers of a request.
#[derive(Debug, Default)]
pub(crate) struct IncomingHeaders<'a> {
    values: [Option<Cow<'a, str>>; Header::ALL.len()],
}

impl<'a> IncomingHeaders<'a> {
    /// Reads the headers from a carrier.
    pub(crate) fn of<C: Extract + ?Sized>(carrier: &'a C, others: OtherContexts) -> Self {
        let mut found = Self::default();
        let mut visit = |name: &'a str, value| {
            if let Some(header) = Header::of(name) {
                found.add(header, value);
            }
        };
        if carrier.__visit(others, &mut visit) { found } else { Self::one_by_one(carrier, others) }
    }

    /// Reads the headers from a carrier one after the other. A panic of the carrier's code is
    /// caught, and only its header is lost. Spans in its code are not recorded: they would start
    /// before the span that needs the headers.
    fn one_by_one<C: Extract + ?Sized>(carrier: &'a C, others: OtherContexts) -> Self {
        let _quiet = Quiet::begin();
        let values = Header::ALL.map(|header| {
            if !header.is_wanted(others) {
                return None;
            }
            let name = header.name();
            let own = header.is_wanted(OtherContexts::Ignore);
            catch_panic(|| if own { carrier.header(name) } else { carrier.other_header(name) })
                .unwrap_or_else(|| {
                    diagnostics::count(Diagnostic::CarrierPanicked);
                    None
                })
        });
        Self { values }
    }

    /// Returns the value of a header, or `None` if it is empty.
    pub(crate) fn get(&self, header: Header) -> Option<&str> {
        self.values.get(header as usize)?.as_deref().filter(|value| !value.is_empty())
    }

    /// Adds a value of a header. Of several values the first is used. The values of a list are
    /// joined.
    #[inline]
    fn add(&mut self, header: Header, value: Cow<'a, str>) {
        let Some(place) = self.values.get_mut(header as usize) else { return };
        match place {
            None => *place = Some(value),
            Some(list) if header == Header::State => {
                let list = list.to_mut();
                list.push(',');
                list.push_str(&value);
            }
            Some(_) => {}
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    /// Removes a header.
    pub(crate) fn remove(&mut self, header: Header) {
        if let Some(place) = self.values.get_mut(header as usize) {
            *place = None;
        }
    }

    /// Copies the headers for later, without those that are too long. Returns `None` if none is
    /// left.
    pub(crate) fn into_kept(self) -> Option<IncomingHeaders<'static>> {
        let kept = Header::ALL.map(|header| {
            let value = self.get(header)?;
            let (limit, reason) = header.limit();
            if header == Header::RequestId {
                // Recorded up to the limit.
                return Some(Cow::Owned(text::cut_bytes(value, limit).to_owned()));
            }
            if value.len() > limit {
                diagnostics::count(reason);
                return None;
            }
            Some(Cow::Owned(value.to_owned()))
        });
        kept.iter().any(Option::is_some).then_some(IncomingHeaders { values: kept })
    }
}

#[cfg(all(test, feature = "carrier-http"))]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    /// A carrier without an implementation of `__visit`.
    struct Asked<'a>(&'a HeaderMap);

    impl Extract for Asked<'_> {
        fn header(&self, key: &str) -> Option<Cow<'_, str>> {
            self.0.header(key)
        }

        fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
            self.0.other_header(key)
        }
    }

    fn all<'a>(received: &'a IncomingHeaders<'_>) -> [Option<&'a str>; Header::ALL.len()] {
        Header::ALL.map(|header| received.get(header))
    }

    #[test]
    fn each_header_is_found_by_its_name() {
        for header in Header::ALL {
            assert_eq!(Header::of(header.name()), Some(header));
        }
        assert_eq!(Header::of("host"), None);
    }

    proptest! {
        #[test]
        fn iteration_equals_look_ups(
            lines in proptest::collection::vec((0..8_usize, proptest::collection::vec(0x20..=0xff_u8, 0..6)), 0..14)
        ) {
            let mut map = HeaderMap::new();
            for (name, value) in &lines {
                let name = Header::ALL.get(*name).map_or("host", |header| header.name());
                let value = HeaderValue::from_bytes(value).unwrap_or_else(|_| HeaderValue::from_static("none"));
                map.append(HeaderName::from_static(name), value);
            }
            for others in [OtherContexts::Keep, OtherContexts::Ignore] {
                let asked = Asked(&map);
                let (once, each) = (IncomingHeaders::of(&map, others), IncomingHeaders::of(&asked, others));
                prop_assert_eq!(all(&once), all(&each));
            }
        }
    }

    #[test]
    fn too_long_headers_are_not_kept() {
        let long = HeaderValue::try_from("x".repeat(sw8::LIMIT + 1)).expect("a value");
        let map = HeaderMap::from_iter([
            (HeaderName::from_static("sw8"), long.clone()),
            (HeaderName::from_static("x-request-id"), HeaderValue::from_static("r-1")),
        ]);
        let before = diagnostics::read(Diagnostic::Sw8TooLong);
        let kept =
            IncomingHeaders::of(&map, OtherContexts::Keep).into_kept().expect("one header is kept");
        assert_eq!(all(&kept), [None, None, None, None, None, Some("r-1")]);
        assert!(diagnostics::read(Diagnostic::Sw8TooLong) > before);
        let alone = HeaderMap::from_iter([(HeaderName::from_static("sw8"), long)]);
        assert!(IncomingHeaders::of(&alone, OtherContexts::Keep).into_kept().is_none());
    }
}
