//! Reads the known headers of a request from its carrier.

use crate::config::policies::OtherContexts;
use crate::context::quiet::Quiet;
use crate::headers::carrier::Extract;
use crate::headers::incoming::IncomingHeaders;
use crate::util::catch_panic::catch_panic;
use crate::util::diagnostics::{self, Diagnostic};

impl<'a> IncomingHeaders<'a> {
    /// Reads the headers from a carrier: at once if the carrier can do so, which saves the hashes
    /// of six look-ups in a map, and else one after the other.
    pub(crate) fn of<C: Extract + ?Sized>(carrier: &'a C, others: OtherContexts) -> Self {
        let mut found = Self::default();
        if carrier.__read_all(others, &mut found) {
            return found;
        }
        Self::one_by_one(carrier, others)
    }

    /// Reads the headers from a carrier one after the other. A panic of the carrier's code is
    /// caught, and only its header is lost. Spans in its code are not recorded: they would start
    /// before the span that needs the headers.
    fn one_by_one<C: Extract + ?Sized>(carrier: &'a C, others: OtherContexts) -> Self {
        let _quiet = Quiet::begin();
        Self::new(|header| {
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
        })
    }
}

#[cfg(all(test, feature = "carrier-http"))]
mod tests {
    use std::borrow::Cow;

    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;
    use crate::headers::incoming::Header;
    use crate::headers::sw8;

    /// A carrier without an implementation of `__read_all`.
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
