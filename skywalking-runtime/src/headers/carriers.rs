//! Carriers that are provided: text of lines, maps and lists of pairs, and byte strings.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crate::headers::carrier::{Extract, Inject};
use crate::headers::sw8;
use crate::headers::w3c::is_printable;
use crate::util::diagnostics::{self, Diagnostic};

/// Headers as text: lines of `key:value`, split at the first colon, with names in upper or lower
/// case. Blanks around a value are skipped. A plain trace is written as exactly `sw8:VALUE`,
/// without a line end. A text of one word without a colon is the value of `sw8` itself.
impl Extract for str {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        let line = self.lines().find_map(|line| value_of(line, key));
        line.or_else(|| if key == sw8::HEADER { bare_value(self) } else { None }).map(Cow::Borrowed)
    }
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.get(key.len()..)?.strip_prefix(':')?;
    line.get(..key.len()).filter(|name| name.eq_ignore_ascii_case(key)).map(|_| value.trim_ascii())
}

/// The text without the blanks around it. A line end before it stays: that is how a line is told
/// from a value.
pub(super) fn bare_text(text: &str) -> &str {
    text.trim_ascii_end().trim_start_matches([' ', '\t'])
}

/// The text as the value of `sw8` without its name. It may be broken: then the reader refuses and
/// counts it.
fn bare_value(text: &str) -> Option<&str> {
    let value = bare_text(text);
    let is_word =
        !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    is_word.then_some(value)
}

impl Extract for String {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.as_str().header(key)
    }
}

/// True if a header can hold the value: visible ASCII. Counts if not.
pub(super) fn is_holdable(value: &str) -> bool {
    // Without an early way out the loop is one over whole vectors of bytes.
    let holdable = !value.is_empty()
        && value.bytes().fold(true, |so_far, byte| so_far & byte.is_ascii_graphic());
    if !holdable {
        diagnostics::count(Diagnostic::HeaderRefused);
    }
    holdable
}

/// True if a header of others can be added: visible ASCII and blanks. Counts if not.
pub(super) fn is_addable(value: &str) -> bool {
    let addable = !value.is_empty() && is_printable(value);
    if !addable {
        diagnostics::count(Diagnostic::HeaderRefused);
    }
    addable
}

/// Removes the lines of a header. Returns true if there was one.
fn remove_lines(text: &mut String, key: &str) -> bool {
    let is_removed = text.lines().any(|line| value_of(line, key).is_some());
    if is_removed {
        let kept: Vec<_> = text.lines().filter(|line| value_of(line, key).is_none()).collect();
        *text = kept.join("\n");
    }
    is_removed
}

impl Inject for String {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if !is_holdable(value) {
            return;
        }
        if let Some(value) = bare_value(self) {
            // A second header follows, so the first one needs its name.
            *self = format!("{}:{value}", sw8::HEADER);
        }
        remove_lines(self, key);
        if !self.is_empty() && !self.ends_with('\n') {
            self.push('\n');
        }
        self.push_str(key);
        self.push(':');
        self.push_str(value);
    }

    fn remove_header(&mut self, key: &'static str) {
        if bare_value(self).is_some() {
            if key == sw8::HEADER {
                self.clear();
            }
            return;
        }
        if remove_lines(self, key) && bare_value(self).is_some() {
            // A line that is no header must not become the value of `sw8`.
            self.insert(0, '\n');
        }
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// A value that a map or a list of pairs holds: text, or bytes as in Kafka and AMQP.
pub trait PairValue: Sized {
    #[doc(hidden)]
    fn as_text(&self) -> Cow<'_, str>;
    #[doc(hidden)]
    fn from_text(text: &str) -> Self;
}

impl PairValue for String {
    fn as_text(&self) -> Cow<'_, str> {
        Cow::from(self)
    }

    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl PairValue for Vec<u8> {
    fn as_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    fn from_text(text: &str) -> Self {
        text.as_bytes().to_vec()
    }
}

impl PairValue for bytes::Bytes {
    fn as_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    fn from_text(text: &str) -> Self {
        Self::copy_from_slice(text.as_bytes())
    }
}

/// A map: the two of std have these methods in common, and no trait for them.
macro_rules! map {
    ($map:ty $(, $hasher:ident: $read:path, $write:path)?) => {
        impl<V: PairValue $(, $hasher: $read)?> Extract for $map {
            fn header(&self, key: &str) -> Option<Cow<'_, str>> {
                // Nearly always the name is in lower case. Of several other spellings the first in order counts, the same in every process.
                let other = || self.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key)).min_by_key(|(name, _)| *name);
                self.get(key).or_else(|| other().map(|(_, value)| value)).map(PairValue::as_text)
            }

            fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
                self.header(key)
            }
        }

        impl<V: PairValue $(, $hasher: $read + $write)?> Inject for $map {
            fn set_header(&mut self, key: &'static str, value: &str) {
                if is_holdable(value) {
                    self.remove_header(key);
                    self.insert(key.to_owned(), V::from_text(value));
                }
            }

            fn remove_header(&mut self, key: &'static str) {
                self.retain(|name, _| !name.eq_ignore_ascii_case(key));
            }

            fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
                // The program may write names as it likes.
                let added = is_addable(value) && !self.keys().any(|name| name.eq_ignore_ascii_case(key));
                if added {
                    self.insert(key.to_owned(), V::from_text(value));
                }
                added
            }

            fn __empty() -> Option<Self> {
                Some(Self::default())
            }

            fn __is_empty(&self) -> bool {
                self.is_empty()
            }
        }
    };
}
map!(HashMap<String, V, S>, S: BuildHasher, Default);
map!(BTreeMap<String, V>);

impl<V: PairValue> Extract for Vec<(String, V)> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_text())
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.header(key)
    }
}

impl<V: PairValue> Inject for Vec<(String, V)> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if is_holdable(value) {
            self.remove_header(key);
            self.push((key.to_owned(), V::from_text(value)));
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        self.retain(|(name, _)| !name.eq_ignore_ascii_case(key));
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        let added =
            is_addable(value) && !self.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
        if added {
            self.push((key.to_owned(), V::from_text(value)));
        }
        added
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
    use proptest::prelude::*;

    const KEYS: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];

    /// Sets, changes and removes headers in any order, beside a plain map that does the same.
    fn behaves_as_a_map<C: Extract + Inject>(
        mut carrier: C,
        steps: &[(usize, Option<String>)],
    ) -> Result<(), TestCaseError> {
        let mut model = BTreeMap::new();
        for (key, value) in steps {
            let key = KEYS[key % KEYS.len()];
            if let Some(value) = value {
                carrier.set_header(key, value);
                model.insert(key, value.clone());
            } else {
                carrier.remove_header(key);
                model.remove(key);
            }
            for key in KEYS {
                let found = carrier.header(key).map(Cow::into_owned);
                prop_assert_eq!(found.as_ref(), model.get(key), "{}", key);
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn every_carrier_gives_back_what_was_set_and_no_header_disturbs_another(
            steps in proptest::collection::vec((0..3_usize, proptest::option::of("[!-~]{1,60}")), 1..12)
        ) {
            behaves_as_a_map(String::new(), &steps)?;
            behaves_as_a_map(String::from("of:the program\nother=1"), &steps)?;
            behaves_as_a_map(None::<String>, &steps)?;
            behaves_as_a_map(Box::new(String::new()), &steps)?;
            behaves_as_a_map(HashMap::<String, String>::new(), &steps)?;
            behaves_as_a_map(BTreeMap::<String, String>::new(), &steps)?;
            behaves_as_a_map(HashMap::<String, Vec<u8>>::new(), &steps)?;
            behaves_as_a_map(BTreeMap::<String, bytes::Bytes>::new(), &steps)?;
            behaves_as_a_map(Vec::<(String, String)>::new(), &steps)?;
            behaves_as_a_map(Vec::<(String, Vec<u8>)>::new(), &steps)?;
            behaves_as_a_map(Vec::<(String, bytes::Bytes)>::new(), &steps)?;
            #[cfg(feature = "carrier-http")]
            behaves_as_a_map(http::HeaderMap::new(), &steps)?;
            let mut lent = String::new();
            behaves_as_a_map(&mut lent, &steps)?;
        }

        #[test]
        fn no_text_makes_a_carrier_of_lines_panic(text in ".{0,200}", value in ".{0,40}") {
            let mut carrier = text;
            let _ = carrier.header("sw8");
            carrier.set_header("sw8", &value);
            carrier.remove_header("sw8");
            prop_assert!(carrier.header("sw8").is_none());
        }
    }

    #[test]
    fn a_plain_trace_is_one_line_without_an_end_and_other_lines_stay() {
        let mut carrier = String::new();
        carrier.set_header("sw8", "1-a:b");
        assert_eq!(carrier, "sw8:1-a:b");
        let mut carrier = String::from("sw8:old\nmine:1");
        carrier.set_header("sw8", "new");
        assert_eq!(carrier, "mine:1\nsw8:new");
        assert_eq!("sw8-x:1\nsw8:2".header("sw8").as_deref(), Some("2"));
    }

    /// A carrier that holds the three headers under other spellings of their names.
    fn spelled_otherwise<C: FromIterator<(String, V)>, V: PairValue>() -> C {
        [("SW8", "1"), ("Sw8-Correlation", "2"), ("sw8-X", "3"), ("mine", "4")]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), V::from_text(value)))
            .collect()
    }

    fn takes_any_case<C: Extract + Inject + std::fmt::Debug>(carrier: C) {
        let values = |carrier: &C| {
            [KEYS[0], KEYS[1], KEYS[2], "mine"].map(|key| carrier.header(key).map(Cow::into_owned))
        };
        let owned = |values: [&str; 4]| {
            values.map(|value| Some(value.to_owned()).filter(|value| !value.is_empty()))
        };
        let mut carrier = carrier;
        assert_eq!(values(&carrier), owned(["1", "2", "3", "4"]));
        carrier.set_header("sw8", "new");
        carrier.remove_header("sw8-x");
        assert_eq!(values(&carrier), owned(["new", "2", "", "4"]));
        let shown = format!("{carrier:?}");
        assert!(!shown.contains("SW8") && !shown.contains("sw8-X"), "{shown}");
    }

    #[test]
    fn header_names_match_in_any_case_and_are_replaced() {
        takes_any_case(String::from("SW8:1\nSw8-Correlation:2\nsw8-X:3\nmine:4"));
        takes_any_case(spelled_otherwise::<HashMap<_, String>, _>());
        takes_any_case(spelled_otherwise::<HashMap<_, Vec<u8>>, _>());
        takes_any_case(spelled_otherwise::<BTreeMap<_, String>, _>());
        takes_any_case(spelled_otherwise::<BTreeMap<_, bytes::Bytes>, _>());
        takes_any_case(spelled_otherwise::<Vec<_>, String>());
        takes_any_case(spelled_otherwise::<Vec<_>, Vec<u8>>());
        takes_any_case(Some(spelled_otherwise::<BTreeMap<_, Vec<u8>>, _>()));
    }

    #[test]
    fn header_name_in_lower_case_wins_over_others() {
        let names = ["sw8", "SW8", "Sw8"];
        let map: HashMap<String, String> =
            names.into_iter().map(|name| (name.to_owned(), name.to_owned())).collect();
        assert_eq!(map.header("sw8").as_deref(), Some("sw8"));
        let map: BTreeMap<String, String> =
            names.into_iter().skip(1).map(|name| (name.to_owned(), name.to_owned())).collect();
        assert_eq!(map.header("sw8").as_deref(), Some("SW8"));
    }

    #[test]
    fn text_of_one_word_is_the_value_of_sw8() {
        for text in ["1-a-b", " 1-a-b\n", "rubbish", "1-a-b\r\n"] {
            assert_eq!(text.header("sw8").as_deref(), Some(text.trim()), "{text:?}");
            assert_eq!(text.header("sw8-x"), None);
            let mut carrier = text.to_owned();
            carrier.set_header("sw8-x", "0");
            assert_eq!(carrier, format!("sw8:{}\nsw8-x:0", text.trim()));
            let mut carrier = text.to_owned();
            carrier.set_header("sw8", "new");
            assert_eq!(carrier, "sw8:new");
            let mut carrier = text.to_owned();
            carrier.remove_header("sw8");
            assert_eq!(carrier, "");
        }
        for text in ["", " ", "two words", "1-a-b\n1-a-b", "mine:1"] {
            assert_eq!(text.header("sw8"), None, "{text:?}");
        }
    }

    #[test]
    fn blanks_around_the_value_of_a_line_are_skipped() {
        for text in ["sw8: 1-a-b", "sw8:\t1-a-b \r\nmine: 1", "host: a\nSW8:  1-a-b"] {
            assert_eq!(text.header("sw8").as_deref(), Some("1-a-b"), "{text:?}");
            let mut carrier = text.to_owned();
            carrier.set_header("sw8", "new");
            assert_eq!(carrier.header("sw8").as_deref(), Some("new"), "{carrier:?}");
            carrier.remove_header("sw8");
            assert_eq!(carrier.header("sw8"), None, "{carrier:?}");
        }
    }

    #[test]
    fn carrier_without_removal_is_complete() {
        struct Table(Vec<(&'static str, String)>);
        impl Inject for Table {
            fn set_header(&mut self, key: &'static str, value: &str) {
                self.0.push((key, value.to_owned()));
            }
        }
        let mut table = Table(Vec::new());
        table.remove_header("sw8");
        table.set_header("sw8", "1");
        assert_eq!(table.0, [("sw8", "1".to_owned())]);
    }

    #[test]
    fn an_absent_carrier_is_filled_and_absent_again_when_it_is_empty() {
        let mut carrier: Option<String> = None;
        carrier.set_header("sw8", "1");
        assert_eq!(carrier.as_deref(), Some("sw8:1"));
        carrier.remove_header("sw8");
        assert_eq!(carrier, None);
    }

    #[test]
    fn an_absent_carrier_that_can_not_be_made_is_counted() {
        struct Odd;
        impl Inject for Odd {
            fn set_header(&mut self, _: &'static str, _: &str) {}
            fn remove_header(&mut self, _: &'static str) {}
        }
        let before = diagnostics::read(Diagnostic::InjectNoCarrier);
        None::<Odd>.set_header("sw8", "1");
        assert!(diagnostics::read(Diagnostic::InjectNoCarrier) > before);
    }

    #[test]
    fn a_value_that_no_header_can_hold_is_refused_and_counted() {
        let before = diagnostics::read(Diagnostic::HeaderRefused);
        let mut carrier = String::from("keep:1");
        for bad in ["", "a b", "a\nsw8:evil", "é"] {
            carrier.set_header("sw8", bad);
        }
        assert_eq!(carrier, "keep:1");
        assert!(diagnostics::read(Diagnostic::HeaderRefused) >= before + 4);
    }

    #[test]
    fn bytes_that_are_no_text_are_handed_over_for_the_reader_to_refuse() {
        let carrier = vec![("sw8".to_owned(), vec![0xff, 0xfe])];
        let header = carrier.header("sw8").map(Cow::into_owned);
        assert!(header.is_some_and(|header| super::super::sw8::check(&header).is_err()));
    }
}
