//! The header `sw8`: eight parts joined by `-` (`docs/protocol.md#header-sw8`).
//!
//! What comes in is a stranger's. It is checked here, on the calling thread, before a byte of it is
//! kept; the names in it are decoded later, by the reporter. What goes out is written into a buffer
//! that is lent.

use std::ops::Range;

use crate::util::base64;
use crate::util::diagnostics::Diagnostic;

/// The header's name.
pub(crate) const HEADER: &str = "sw8";

/// The longest header that is read: twice the longest that is written.
pub(crate) const LIMIT: usize = 2 * WRITTEN;
/// The longest header that is written: what the protocol asks an agent to stay within.
pub(crate) const WRITTEN: usize = 2_048;
/// Characters of a trace or segment id: what the OAP's storage takes.
const ID_LIMIT: usize = 150;

/// Where the parts of a header stand that passed [`check`].
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
    /// Where it stands who the parent is: up to its names, which it may say another time in another
    /// way.
    pub(crate) fn sender(&self) -> Range<usize> {
        self.trace.start..self.service.start
    }
}

/// Checks a header that is not empty.
pub(crate) fn check(header: &str) -> Result<Parts, Diagnostic> {
    if header.len() > LIMIT {
        return Err(Diagnostic::Sw8TooLong);
    }
    let ranges = split(header).ok_or(Diagnostic::Sw8Parts)?;
    if ranges.iter().any(Range::is_empty) {
        return Err(Diagnostic::Sw8EmptyPart);
    }
    let [flag, trace, segment, span, service, instance, endpoint, address] = ranges;
    // The ranges are within the header, so no part is empty for lack of one.
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

/// The eight parts. `None` if there are more or fewer.
pub(crate) fn split(header: &str) -> Option<[Range<usize>; 8]> {
    // Where the parts end. What is behind the eighth is only counted.
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
        // Most have none, so two words are looked at together.
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

/// The top bit of each byte that is a hyphen, the first byte lowest.
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

/// The text of a part that was checked; bytes that are no UTF-8 are replaced.
pub(crate) fn decode_text(part: &str) -> String {
    let mut bytes = Vec::new();
    base64::decode(part.as_bytes(), &mut bytes);
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// How many characters of Base64 so many bytes are.
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
    fn every_valid_header_of_other_agents_is_read_whole() {
        for vector in vectors()["sw8_valid"].as_array().expect("a list") {
            let header = vector["header"].as_str().expect("text");
            let parts =
                check(header).unwrap_or_else(|reason| panic!("{header}: {}", reason.name()));
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
    fn every_invalid_header_is_refused() {
        for vector in vectors()["sw8_invalid"].as_array().expect("a list") {
            let header = vector["header"].as_str().expect("text");
            if !header.is_empty() {
                assert!(check(header).is_err(), "{}: {header}", vector["why"]);
            }
        }
    }

    #[test]
    fn each_reason_has_a_header_that_gives_it() {
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
        fn no_text_makes_the_reader_panic(header in ".{0,200}") {
            let _ = check(&header);
        }

        #[test]
        fn no_nearly_right_text_makes_the_reader_panic(header in "[01]?-?[A-Za-z0-9+/=-]{0,400}") {
            let _ = check(&header);
        }

        #[test]
        fn the_parts_are_what_stands_between_hyphens(header in "(-|[a-z]|[-a-z\u{ad}é]{1,9}){0,20}|([a-z=]{0,12}-){7}[a-z=]{0,12}") {
            let expected: Vec<_> = header.split('-').collect();
            let parts = split(&header).map(|parts| parts.map(|part| &header[part]).to_vec());
            prop_assert_eq!(parts, (expected.len() == 8).then_some(expected));
        }

        #[test]
        fn what_is_well_formed_is_read_whole(
            flag in "[01]", trace in "[!-~]{1,150}", segment in "[!-~]{1,150}", span in 0..=i32::MAX,
            names in proptest::array::uniform4(".{1,60}"),
        ) {
            let header = format!(
                "{flag}-{}-{}-{span}-{}-{}-{}-{}",
                STANDARD.encode(&trace), STANDARD.encode(&segment),
                STANDARD.encode(&names[0]), STANDARD.encode(&names[1]), STANDARD.encode(&names[2]), STANDARD.encode(&names[3]),
            );
            let parts = check(&header).map_err(|reason| TestCaseError::fail(reason.name()))?;
            let text = |range: &Range<usize>| decode_text(&header[range.clone()]);
            prop_assert_eq!(
                (text(&parts.trace), text(&parts.segment), parts.span),
                (trace, segment, span)
            );
            prop_assert_eq!([text(&parts.service), text(&parts.instance), text(&parts.endpoint), text(&parts.address)], names);
        }
    }
}
