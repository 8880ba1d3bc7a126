//! Header names in any case, values as bytes, and the value of `sw8` without a name.

use std::collections::{BTreeMap, HashMap};

use skywalking_runtime::{
    Carrier, entry_span, exit_span,
    propagation::{Extract, Inject},
    stats, testing,
};

const SW8: &str = "1-dHJhY2UtMQ==-c2VnbWVudC0x-3-c2Vydmlj-aW5zdGFu-L3BhZ2Ux-c2VydmVyOjgw";

#[entry_span(name = "in", extract = carrier)]
fn come<C: Extract>(carrier: C) {}

#[exit_span(name = "out", peer = "next:1", inject = carrier)]
fn go<C: Inject>(carrier: &mut C) {}

/// Reads the context from these names, and replaces it.
fn crosses<C>(mut carrier: C, names: impl Fn(&C) -> Vec<String>)
where
    C: Extract + Inject,
{
    let read = testing::run(|| come(&carrier));
    assert_eq!(testing::text(&read), "Entry in ref=CrossProcess\n");
    testing::run(|| go(&mut carrier));
    assert_eq!(names(&carrier), ["mine", "sw8"]);
    let again = testing::run(|| come(&carrier));
    assert_ne!(again[0].trace_id, "trace-1");
}

fn sorted<'a>(names: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut names: Vec<_> = names.into_iter().cloned().collect();
    names.sort();
    names
}

#[test]
fn maps_and_pairs_hold_names_in_any_case() {
    let headers =
        |name: &str| [(name.to_owned(), SW8.to_owned()), ("mine".to_owned(), "1".to_owned())];
    let bytes = |name: &str| headers(name).map(|(name, value)| (name, value.into_bytes()));
    for name in ["sw8", "Sw8", "SW8", "sW8"] {
        crosses(HashMap::from(headers(name)), |map| sorted(map.keys()));
        crosses(BTreeMap::from(headers(name)), |map| sorted(map.keys()));
        crosses(HashMap::from(bytes(name)), |map| sorted(map.keys()));
        crosses(BTreeMap::from(bytes(name)), |map| sorted(map.keys()));
        crosses(
            BTreeMap::from(bytes(name).map(|(name, value)| (name, bytes::Bytes::from(value)))),
            |map| sorted(map.keys()),
        );
        crosses(headers(name).to_vec(), |pairs| sorted(pairs.iter().map(|(name, _)| name)));
        crosses(bytes(name).to_vec(), |pairs| sorted(pairs.iter().map(|(name, _)| name)));
        crosses(format!("{name}:{SW8}\nmine:1"), |lines| {
            lines.lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
        });
    }
}

#[test]
fn value_of_sw8_continues_without_its_name() {
    let header = || Some(SW8);
    let trees = testing::run(|| {
        come(SW8);
        come(SW8.to_owned());
        come(header());
        come(format!("{SW8}\n").as_str());
    });

    assert_eq!(testing::text(&trees), "Entry in ref=CrossProcess\n".repeat(4));
}

#[test]
fn broken_value_without_a_name_is_counted() {
    let refused = || {
        let is_refused = |(reason, _): &(skywalking_runtime::stats::Diagnostic, u64)| {
            reason.as_str().starts_with("sw8_")
        };
        stats::read().diagnostics().filter(is_refused).map(|(_, count)| count).sum::<u64>()
    };
    for broken in ["rubbish", "1-a-b", &SW8[..20], "2-dA==-cw==-0-cw==-aQ==-ZQ==-YQ=="] {
        let before = refused();
        let trees = testing::run(|| come(broken));
        assert_eq!(testing::text(&trees), "Entry in\n");
        assert!(refused() > before, "{broken}");
    }

    assert_eq!(testing::text(&testing::run(|| come(""))), "Entry in\n");
}

#[test]
fn field_of_a_message_holds_a_map_of_bytes() {
    #[derive(Carrier, Default)]
    struct Record {
        #[carrier]
        headers: BTreeMap<String, Vec<u8>>,
    }

    let mut record = Record::default();
    let trees = testing::run(|| {
        go(&mut record);
        come(&record);
    });

    assert_eq!(testing::text(&trees), "Exit out peer=next:1\n  Entry in ref=CrossProcess\n");
}
