//! The header `sw8-correlation`: the program's key-value pairs, propagated with a trace
//! (`docs/protocol.md#header-sw8-correlation`).
//!
//! The default limits are three pairs, and 128 UTF-16 units per value. Pairs are propagated across
//! processes, tasks and threads. A snapshot and a child segment have a copy. Some keys can be
//! configured as tags: their values are also recorded on the span that puts or receives them, and
//! on the exits that send them.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

use crate::util::base64;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::units;

/// The header's name.
pub(crate) const HEADER: &str = "sw8-correlation";

/// How many pairs of a header are read. With higher limits, twice the number of pairs.
const READ_PAIRS: usize = 16;
/// The limit of a key, in UTF-16 units. The protocol has none.
const KEY_LENGTH: usize = 128;
/// The longest header that is read, with the default limits.
const HEADER_LIMIT: usize = 8_192;

/// The limits of the pairs of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The number of pairs.
    pub(crate) pairs: usize,
    /// The length of a value, in UTF-16 units.
    pub(crate) value_length: usize,
}

impl Limits {
    /// The limits of the protocol.
    pub(crate) const DEFAULT: Self = Self { pairs: 3, value_length: 128 };
    /// The highest limits that can be set, so that headers stay within their limits.
    pub(crate) const MOST: Self = Self { pairs: 64, value_length: 4_096 };

    /// Returns the longest header that is read: one that the limits allow is never rejected.
    pub(crate) fn header(self) -> usize {
        // A UTF-16 unit has three bytes at most, which are four characters of Base64.
        let pair = (KEY_LENGTH + self.value_length) * 4 + 2;
        HEADER_LIMIT.max(pair.saturating_mul(self.pairs))
    }
}

/// The pairs of a trace. Uses no memory while it is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Correlation(Vec<(String, String)>);

impl Correlation {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all pairs.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Returns the pairs with these keys.
    pub(crate) fn among<'a>(
        &'a self,
        keys: &'a [&'static str],
    ) -> impl Iterator<Item = (&'static str, &'a str)> + 'a {
        keys.iter().filter_map(|key| self.get(key).map(|value| (*key, value)))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// Sets a pair. Returns false if it exceeds the limits.
    pub(crate) fn put(&mut self, key: &str, value: &str, limits: Limits) -> bool {
        if value.is_empty() {
            self.0.retain(|(k, _)| k != key);
            return true;
        }
        if key.is_empty() || units(key) > KEY_LENGTH || units(value) > limits.value_length {
            return false;
        }
        let pairs = &mut self.0;
        if let Some((_, old)) = pairs.iter_mut().find(|(k, _)| k == key) {
            value.clone_into(old);
        } else if pairs.len() < limits.pairs {
            pairs.push((key.to_owned(), value.to_owned()));
        } else {
            return false;
        }
        true
    }

    /// Reads a header. Pairs that are invalid or exceed the limits are left out and counted. The
    /// other pairs are added.
    pub(crate) fn read(&mut self, header: &str, limits: Limits) {
        if header.len() > limits.header() {
            return diagnostics::count(Diagnostic::CorrelationTooLong);
        }
        for (at, pair) in header.split(',').enumerate() {
            if at == READ_PAIRS.max(2 * limits.pairs) {
                // Bounds the time for headers of unknown clients. Other agents send fewer pairs.
                return diagnostics::count(Diagnostic::CorrelationLimit);
            }
            match decode_pair(pair) {
                // Only the sender removes pairs, so an empty value is ignored.
                Some((_, value)) if value.is_empty() => {}
                Some((key, value)) if self.put(&key, &value, limits) => {}
                Some(_) => diagnostics::count(Diagnostic::CorrelationLimit),
                None => diagnostics::count(Diagnostic::CorrelationPair),
            }
        }
    }

    /// Writes the header's value, or nothing if there is no pair.
    pub(crate) fn write(&self, out: &mut String) {
        for (at, (key, value)) in self.0.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            STANDARD.encode_string(key, out);
            out.push(':');
            STANDARD.encode_string(value, out);
        }
    }
}

fn decode_pair(pair: &str) -> Option<(String, String)> {
    let (key, value) = pair.split_once(':')?;
    let (key, value) = (decode(key)?, decode(value)?);
    (!key.is_empty()).then_some((key, value))
}

fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len() / 4 * 3);
    if !base64::decode(part.as_bytes(), &mut bytes) {
        return None;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(header: &str) -> Correlation {
        let mut correlation = Correlation::default();
        correlation.read(header, Limits::DEFAULT);
        correlation
    }

    fn written(correlation: &Correlation) -> String {
        let mut out = String::new();
        correlation.write(&mut out);
        out
    }

    #[test]
    fn headers_of_other_agents_are_read_and_written() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../testdata/vectors.json")).expect("JSON");
        for vector in vectors["correlation"].as_array().expect("a list") {
            let header = vector["header"].as_str().expect("text");
            let correlation = if header.is_empty() { Correlation::default() } else { read(header) };
            let pairs: Vec<(String, String)> =
                serde_json::from_value(vector["pairs"].clone()).expect("pairs");
            assert_eq!(correlation.0, pairs);
            assert_eq!(written(&correlation), header);
        }
    }

    #[test]
    fn fourth_key_and_long_values_are_rejected() {
        let mut correlation = Correlation::default();
        let mut put = |key: &str, value: &str| correlation.put(key, value, Limits::DEFAULT);
        for key in ["a", "b", "c"] {
            assert!(put(key, "1"));
        }
        assert!(!put("d", "1"));
        assert!(put("a", &"键".repeat(128)));
        assert!(!put("a", &"键".repeat(129)));
        assert!(put("b", ""));
        assert!(put("d", "1"));
        assert_eq!(correlation.get("b"), None);
    }

    #[test]
    fn pairs_at_the_highest_limits_survive_a_round_trip() {
        for limits in [
            Limits::DEFAULT,
            Limits { pairs: 1, value_length: 1 },
            Limits { pairs: 0, value_length: 1 },
            Limits::MOST,
        ] {
            let mut correlation = Correlation::default();
            for number in 0..limits.pairs {
                let key = format!("{number:02}{}", "键".repeat(KEY_LENGTH - 2));
                assert!(correlation.put(&key, &"值".repeat(limits.value_length), limits));
            }
            assert!(!correlation.put("one more", "1", limits));
            let header = written(&correlation);
            assert!(header.len() <= limits.header());
            let mut again = Correlation::default();
            again.read(&header, limits);
            assert_eq!(again.0, correlation.0);
        }
    }

    #[test]
    fn valid_pairs_are_read_beside_invalid_ones() {
        let correlation = read("aw==:dg==,???,azI=,aw==:d,azM=:djM=");
        assert_eq!(correlation.0, [("k".into(), "v".into()), ("k3".into(), "v3".into())]);
        assert_eq!(read(&"aw==:dg==,".repeat(2_000)).0, []);
        // The number of pairs that are read is limited.
        let late = format!("{}azM=:djM=", ",".repeat(READ_PAIRS));
        assert_eq!(read(&late).0, []);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(header in ".{0,200}") {
            read(&header);
        }

        #[test]
        fn pairs_survive_a_round_trip(pairs in proptest::collection::btree_map(".{1,30}", ".{1,30}", 0..=3)) {
            let mut correlation = Correlation::default();
            for (key, value) in &pairs {
                prop_assert!(correlation.put(key, value, Limits::DEFAULT));
            }
            let header = written(&correlation);
            prop_assert!(header.is_ascii());
            if !header.is_empty() {
                let again = read(&header);
                prop_assert_eq!(again.0, correlation.0);
            }
        }
    }
}
