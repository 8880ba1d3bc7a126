use super::*;
use proptest::prelude::*;

const KEYS: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];

/// Sets, changes and removes headers in any order, and compares with a plain map.
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
    fn every_carrier_keeps_each_header_apart(
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
    fn any_text_is_read_as_lines_without_panic(text in ".{0,200}", value in ".{0,40}") {
        let mut carrier = text;
        let _ = carrier.header("sw8");
        carrier.set_header("sw8", &value);
        carrier.remove_header("sw8");
        prop_assert!(carrier.header("sw8").is_none());
    }
}

#[test]
fn plain_trace_is_one_line_without_an_end_and_other_lines_stay() {
    let mut carrier = String::new();
    carrier.set_header("sw8", "1-a:b");
    assert_eq!(carrier, "sw8:1-a:b");
    let mut carrier = String::from("sw8:old\nmine:1");
    carrier.set_header("sw8", "new");
    assert_eq!(carrier, "mine:1\nsw8:new");
    assert_eq!("sw8-x:1\nsw8:2".header("sw8").as_deref(), Some("2"));
}

/// Creates a carrier that holds the three headers in other spellings.
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
fn absent_carrier_is_created_and_removed_when_empty() {
    let mut carrier: Option<String> = None;
    carrier.set_header("sw8", "1");
    assert_eq!(carrier.as_deref(), Some("sw8:1"));
    carrier.remove_header("sw8");
    assert_eq!(carrier, None);
}

#[test]
fn absent_carrier_that_cannot_be_created_is_counted() {
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
fn invalid_header_value_is_refused_and_counted() {
    let before = diagnostics::read(Diagnostic::HeaderRefused);
    let mut carrier = String::from("keep:1");
    for bad in ["", "a b", "a\nsw8:evil", "é"] {
        carrier.set_header("sw8", bad);
    }
    assert_eq!(carrier, "keep:1");
    assert!(diagnostics::read(Diagnostic::HeaderRefused) >= before + 4);
}

#[test]
fn invalid_utf8_is_returned_for_the_reader_to_reject() {
    let carrier = vec![("sw8".to_owned(), vec![0xff, 0xfe])];
    let header = carrier.header("sw8").map(Cow::into_owned);
    assert!(header.is_some_and(|header| super::super::sw8::check(&header).is_err()));
}
