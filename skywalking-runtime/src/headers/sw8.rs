//! The header `sw8`: eight parts joined by `-` (`docs/protocol.md#header-sw8`).
//!
//! An incoming header may come from an unknown client. The calling thread checks it before it is
//! stored, and the reporter decodes its names later. An outgoing header is written into a borrowed
//! buffer.

use std::ops::Range;

use crate::util::base64;
use crate::util::diagnostics::Diagnostic;

/// The header's name.
pub(crate) const HEADER: &str = "sw8";

/// The longest header that is read: twice the longest one that is written.
pub(crate) const LIMIT: usize = 2 * WRITTEN;
/// The longest header that is written, which the protocol recommends.
pub(crate) const WRITTEN: usize = 2_048;
/// The limit of a trace or segment id, in characters, which is that of the OAP's storage.
const ID_LIMIT: usize = 150;

/// The positions of the parts of a valid header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) trace: Range<usize>,
    pub(crate) segment: Range<usize>,
    pub(crate) span: i32,
    pub(crate) service: Range<usize>,
    pub(crate) instance: Range<usize>,
    pub(crate) endpoint: Range<usize>,
    pub(crate) address: Range<usize>,
}

impl Parts {
    /// Returns the position of the parent's ids, before its names, which can vary for one parent.
    pub(crate) fn sender(&self) -> Range<usize> {
        self.trace.start..self.service.start
    }
}

/// Checks a header, which must not be empty.
pub(crate) fn check(header: &str) -> Result<Parts, Diagnostic> {
    if header.len() > LIMIT {
        return Err(Diagnostic::Sw8TooLong);
    }
    let ranges = split(header).ok_or(Diagnostic::Sw8Parts)?;
    if ranges.iter().any(Range::is_empty) {
        return Err(Diagnostic::Sw8EmptyPart);
    }
    let [flag, trace, segment, span, service, instance, endpoint, address] = ranges;
    // The ranges are within the header, so a part is only empty if it is empty in the header.
    let part = |range: &Range<usize>| header.as_bytes().get(range.clone()).unwrap_or_default();
    if !matches!(part(&flag), [b'0' | b'1']) {
        return Err(Diagnostic::Sw8Flag);
    }
    let span = span_id(part(&span))?;
    check_id(part(&trace), Diagnostic::Sw8TraceId)?;
    check_id(part(&segment), Diagnostic::Sw8SegmentId)?;
    for range in [&service, &instance, &endpoint, &address] {
        check_base64(part(range))?;
    }
    Ok(Parts { trace, segment, span, service, instance, endpoint, address })
}

/// Splits a header into eight parts. Returns `None` if there are more or fewer.
pub(crate) fn split(header: &str) -> Option<[Range<usize>; 8]> {
    // The ends of the parts. Hyphens after the eighth are only counted.
    let mut ends = [0; 8];
    let mut count = 0_usize;
    let mut end = |at: usize| {
        if let Some(end) = ends.get_mut(count) {
            *end = at;
        }
        count += 1;
    };
    let (pairs, rest) = header.as_bytes().as_chunks::<16>();
    let mut at = 0;
    for pair in pairs {
        // Most words have no hyphen, so two words are checked together.
        let (words, _) = pair.as_chunks::<8>();
        if words.iter().fold(0, |all, word| all | hyphens(*word)) != 0 {
            for (word, at) in words.iter().zip([at, at + 8]) {
                let mut hyphens = hyphens(*word);
                while hyphens != 0 {
                    end(at + hyphens.trailing_zeros() as usize / 8);
                    hyphens &= hyphens - 1;
                }
            }
        }
        at += 16;
    }
    for byte in rest {
        if *byte == b'-' {
            end(at);
        }
        at += 1;
    }
    end(at);
    let mut from = 0;
    (count == ends.len()).then(|| {
        ends.map(|end| {
            let part = from..end;
            from = end + 1;
            part
        })
    })
}

/// Returns the top bit of each byte that is a hyphen, with the first byte as the lowest.
///
/// Looks at eight bytes at a time by arithmetic. Splitting a header of 197 bytes takes 480
/// instructions, with the crate memchr 600 (45 bytes: 300 and 560; 729 bytes: 1 100 and 780). The
/// light core needs no further dependency for it.
fn hyphens(bytes: [u8; 8]) -> u64 {
    const SEVEN: u64 = u64::from_ne_bytes([0x7f; 8]);
    let differs = u64::from_le_bytes(bytes) ^ u64::from_ne_bytes([b'-'; 8]);
    !(((differs & SEVEN) + SEVEN) | differs | SEVEN)
}

fn span_id(digits: &[u8]) -> Result<i32, Diagnostic> {
    if digits.len() > 10 {
        return Err(Diagnostic::Sw8SpanId);
    }
    let number = digits.iter().try_fold(0_i64, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
    });
    number.and_then(|number| number.try_into().ok()).ok_or(Diagnostic::Sw8SpanId)
}

fn check_id(part: &[u8], reason: Diagnostic) -> Result<(), Diagnostic> {
    if part.len() > base64_length(ID_LIMIT) {
        return Err(reason);
    }
    match base64::look(part) {
        Some(base64::Bytes::Visible) => Ok(()),
        Some(base64::Bytes::Other) => Err(reason),
        None => Err(Diagnostic::Sw8Base64),
    }
}

fn check_base64(part: &[u8]) -> Result<(), Diagnostic> {
    if base64::is_canonical(part) { Ok(()) } else { Err(Diagnostic::Sw8Base64) }
}

/// Decodes a part that was checked. Invalid UTF-8 is replaced.
pub(crate) fn decode_text(part: &str) -> String {
    let mut bytes = Vec::new();
    base64::decode(part.as_bytes(), &mut bytes);
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns the length of this many bytes as Base64.
pub(crate) fn base64_length(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    fn vectors() -> serde_json::Value {
        serde_json::from_str(include_str!("../../testdata/vectors.json"))
            .expect("the vectors are JSON")
    }

    #[test]
    fn valid_headers_of_other_agents_are_read() {
        for vector in vectors()["sw8_valid"].as_array().expect("a list") {
            let header = vector["header"].as_str().expect("text");
            let parts =
                check(header).unwrap_or_else(|reason| panic!("{header}: {}", reason.as_str()));
            let text = |range: &Range<usize>| decode_text(&header[range.clone()]);
            let read = serde_json::json!({
                "from": vector["from"],
                "header": header,
                "sample": header.starts_with('1'),
                "traceId": text(&parts.trace),
                "parentSegmentId": text(&parts.segment),
                "parentSpanId": parts.span,
                "parentService": text(&parts.service),
                "parentServiceInstance": text(&parts.instance),
                "parentEndpoint": text(&parts.endpoint),
                "targetAddress": text(&parts.address),
            });
            assert_eq!(&read, vector);
        }
    }

    #[test]
    fn invalid_headers_are_rejected() {
        for vector in vectors()["sw8_invalid"].as_array().expect("a list") {
            let header = vector["header"].as_str().expect("text");
            if !header.is_empty() {
                assert!(check(header).is_err(), "{}: {header}", vector["why"]);
            }
        }
    }

    #[test]
    fn each_rejection_reason_has_a_header() {
        let id = |text: &str| STANDARD.encode(text);
        let with = |flag: &str, trace: &str, segment: &str, span: &str| {
            format!("{flag}-{trace}-{segment}-{span}-c3Zj-aW5zdA==-L2U=-aDox")
        };
        let good = (id("t"), id("s"));
        let long = id(&"x".repeat(151));
        assert_eq!(check(&with("1", &good.0, &good.1, "0")).map(|parts| parts.span), Ok(0));
        for (header, reason) in [
            (with("1", &"A".repeat(4_096), &good.1, "0"), Diagnostic::Sw8TooLong),
            ("1-dA==".to_owned(), Diagnostic::Sw8Parts),
            (with("1", "", &good.1, "0"), Diagnostic::Sw8EmptyPart),
            (with("true", &good.0, &good.1, "0"), Diagnostic::Sw8Flag),
            (with("1", &good.0, &good.1, "4294967296"), Diagnostic::Sw8SpanId),
            (with("1", &good.0, &good.1, "00000000001"), Diagnostic::Sw8SpanId),
            (with("1", "dA", &good.1, "0"), Diagnostic::Sw8Base64),
            (with("1", &long, &good.1, "0"), Diagnostic::Sw8TraceId),
            (with("1", &good.0, &long, "0"), Diagnostic::Sw8SegmentId),
            (with("1", &id("a b"), &good.1, "0"), Diagnostic::Sw8TraceId),
            (with("1", &good.0, &id("a\u{e9}"), "0"), Diagnostic::Sw8SegmentId),
        ] {
            assert_eq!(check(&header), Err(reason), "{header}");
        }
        assert!(
            check(&with("1", &id(&"x".repeat(150)), &id(&"y".repeat(150)), "2147483647")).is_ok()
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(header in ".{0,200}") {
            let _ = check(&header);
        }

        #[test]
        fn nearly_valid_text_is_read_without_panic(header in "[01]?-?[A-Za-z0-9+/=-]{0,400}") {
            let _ = check(&header);
        }

        #[test]
        fn parts_are_the_text_between_hyphens(header in "(-|[a-z]|[-a-z\u{ad}é]{1,9}){0,20}|([a-z=]{0,12}-){7}[a-z=]{0,12}") {
            let expected: Vec<_> = header.split('-').collect();
            let parts = split(&header).map(|parts| parts.map(|part| &header[part]).to_vec());
            prop_assert_eq!(parts, (expected.len() == 8).then_some(expected));
        }

        #[test]
        fn well_formed_header_is_read(
            flag in "[01]", trace in "[!-~]{1,150}", segment in "[!-~]{1,150}", span in 0..=i32::MAX,
            names in proptest::array::uniform4(".{1,60}"),
        ) {
            let header = format!(
                "{flag}-{}-{}-{span}-{}-{}-{}-{}",
                STANDARD.encode(&trace), STANDARD.encode(&segment),
                STANDARD.encode(&names[0]), STANDARD.encode(&names[1]), STANDARD.encode(&names[2]), STANDARD.encode(&names[3]),
            );
            let parts = check(&header).map_err(|reason| TestCaseError::fail(reason.as_str()))?;
            let text = |range: &Range<usize>| decode_text(&header[range.clone()]);
            prop_assert_eq!(
                (text(&parts.trace), text(&parts.segment), parts.span),
                (trace, segment, span)
            );
            prop_assert_eq!([text(&parts.service), text(&parts.instance), text(&parts.endpoint), text(&parts.address)], names);
        }
    }
}
