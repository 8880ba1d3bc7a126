//! From an annotated exit through JSON to an annotated entry: the trace continues with every kind
//! of message.

use proptest::prelude::*;
use skywalking_proto::storage;
use skywalking_runtime::testing::{run, text};
use skywalking_runtime::{entry_span, exit_span, propagation::correlation};

use crate::carriers::messages::{
    BoxOptionText, BoxText, BytesPairs, Fields, Hash, Http, Message, OptionBoxText, OptionText,
    OptionTree, Pairs, SharedBytesPairs, Sparse, Text, Tree, through_json,
};
use crate::carriers::nested::{Envelope, Parcel};

#[exit_span(name = name, peer = peer, inject = message)]
fn call<M: Message>(name: &str, peer: &str, message: &mut M) {}

/// The client's request. The program also puts values into the correlation context.
#[entry_span(name = "/client")]
fn client<M: Message>(name: &str, peer: &str, pairs: &[(String, String)]) -> M {
    for (key, value) in pairs {
        correlation::put(key, value);
    }
    let mut message = M::default();
    call(name, peer, &mut message);
    message
}

#[entry_span(name = "/server", extract = message)]
fn server<M: Message>(message: M, keys: &[(String, String)]) -> Vec<Option<String>> {
    drop(message);
    keys.iter().map(|(key, _)| correlation::get(key)).collect()
}

/// Makes one call through JSON. Checks that the spans of both sides form one tree.
fn assert_continues<M: Message>(
    name: &str,
    peer: &str,
    pairs: &[(String, String)],
) -> Result<(), TestCaseError> {
    let mut read = Vec::new();
    let trees = run(|| {
        let message = client::<M>(name, peer, pairs);
        read = server::<M>(through_json(&message), pairs);
    });
    // Names as SQL storage accepts them below the service "testing".
    let (name, peer) = (storage::shorten(name, 150, 174), storage::shorten_peer(peer));
    prop_assert_eq!(
        text(&trees),
        format!("Entry /client\n  Exit {name} peer={peer}\n    Entry /server ref=CrossProcess\n")
    );
    prop_assert_eq!(read, pairs.iter().map(|(_, value)| Some(value.clone())).collect::<Vec<_>>());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn trace_continues_through_the_json_of_any_message(
        name in "[^\\p{C}\\p{Z}]{1,60}",
        peer in "[^\\p{C}\\p{Z}]{1,60}",
        pairs in proptest::collection::btree_map("[^\\p{C}]{1,30}", ".{1,60}", 0..=3),
    ) {
        let pairs: Vec<_> = pairs.into_iter().collect();

        assert_continues::<Text>(&name, &peer, &pairs)?;
        assert_continues::<OptionText>(&name, &peer, &pairs)?;
        assert_continues::<BoxText>(&name, &peer, &pairs)?;
        assert_continues::<OptionBoxText>(&name, &peer, &pairs)?;
        assert_continues::<BoxOptionText>(&name, &peer, &pairs)?;
        assert_continues::<Hash>(&name, &peer, &pairs)?;
        assert_continues::<Tree>(&name, &peer, &pairs)?;
        assert_continues::<OptionTree>(&name, &peer, &pairs)?;
        assert_continues::<Pairs>(&name, &peer, &pairs)?;
        assert_continues::<BytesPairs>(&name, &peer, &pairs)?;
        assert_continues::<SharedBytesPairs>(&name, &peer, &pairs)?;
        assert_continues::<Http>(&name, &peer, &pairs)?;
        assert_continues::<Sparse>(&name, &peer, &pairs)?;
        assert_continues::<Fields>(&name, &peer, &pairs)?;
        assert_continues::<Envelope<Text>>(&name, &peer, &pairs)?;
        assert_continues::<Envelope<Envelope<Fields>>>(&name, &peer, &pairs)?;
        assert_continues::<Parcel>(&name, &peer, &pairs)?;
    }
}

// Feature: context inside a message
#[test]
fn plain_trace_is_one_line_and_one_json_field() {
    let mut message = Sparse::default();
    run(|| message = client("/call", "stock:8080", &[]));
    let (key, value) = message.header.split_once(':').expect("a line");
    assert_eq!((key, value.split('-').count()), ("sw8", 8));
    assert!(!message.header.contains('\n'));
    let json = serde_json::to_value(&message).expect("JSON");
    assert_eq!(json, serde_json::json!({ "a": 0, "header": format!("sw8:{value}") }));
}

#[test]
fn plain_trace_leaves_the_other_fields_absent() {
    let mut message = Fields::default();
    run(|| message = client("/call", "stock:8080", &[]));

    assert_eq!((message.correlation.as_deref(), message.extension.as_deref()), (None, None));
    assert!(message.trace.starts_with("1-"));

    run(|| message = client("/call", "stock:8080", &[("tenant".to_owned(), "blue".to_owned())]));
    assert_eq!(message.correlation.as_deref(), Some("dGVuYW50:Ymx1ZQ=="));
}

#[test]
fn message_without_the_field_starts_a_trace() {
    let message: Sparse = serde_json::from_str(r#"{"a":3}"#).expect("an older message");
    assert_eq!(text(&run(|| drop(server(message, &[])))), "Entry /server\n");
}
