//! Reading returns what was written, for every valid header value, even after serialization to
//! JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use skywalking_runtime::{
    Carrier,
    propagation::{Extract, Inject},
};

use crate::carriers::messages::{
    BoxOptionText, BoxText, BytesPairs, Fields, Hash, Http, Message, OptionBoxText, OptionText,
    OptionTree, Pairs, SharedBytesPairs, Sparse, Text, Tree, through_json,
};
use crate::carriers::nested::{Envelope, Parcel};

pub(crate) const HEADERS: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];

/// A header that is set or removed.
type Step = (&'static str, Option<String>);

/// The expected headers of every message.
type Model = BTreeMap<&'static str, String>;

/// Sets and removes headers, with every visible ASCII character in the values.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(
        (proptest::sample::select(&HEADERS[..]), proptest::option::of("[!-~]{1,120}")),
        1..10,
    )
}

fn take(step: &Step, carrier: &mut impl Inject, model: &mut Model) {
    match step {
        (key, Some(value)) => {
            carrier.set_header(key, value);
            model.insert(key, value.clone());
        }
        (key, None) => {
            carrier.remove_header(key);
            model.remove(key);
        }
    }
}

fn read(carrier: &impl Extract) -> Model {
    HEADERS
        .into_iter()
        .filter_map(|key| Some((key, carrier.header(key).map(Cow::into_owned)?)))
        .collect()
}

/// The message is serialized to JSON after each step, and always has the sum of the steps.
fn is_identity<M: Message>(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut message = M::default();
    let mut model = Model::new();
    for step in steps {
        take(step, &mut message, &mut model);
        prop_assert_eq!(&read(&message), &model);
        message = through_json(&message);
        prop_assert_eq!(&read(&message), &model);
        let untouched = M::default();
        prop_assert_eq!(message.rest(), untouched.rest());
    }
    Ok(())
}

/// A message that borrows its headers.
#[derive(Carrier, Serialize)]
struct Lent<'a, 'b: 'a> {
    a: i32,
    #[carrier]
    header: &'a mut String,
    note: &'b str,
}

proptest! {
    #[test]
    fn reading_returns_what_was_written_also_through_json(steps in steps()) {
        is_identity::<Text>(&steps)?;
        is_identity::<OptionText>(&steps)?;
        is_identity::<BoxText>(&steps)?;
        is_identity::<OptionBoxText>(&steps)?;
        is_identity::<BoxOptionText>(&steps)?;
        is_identity::<Hash>(&steps)?;
        is_identity::<Tree>(&steps)?;
        is_identity::<OptionTree>(&steps)?;
        is_identity::<Pairs>(&steps)?;
        is_identity::<BytesPairs>(&steps)?;
        is_identity::<SharedBytesPairs>(&steps)?;
        is_identity::<Http>(&steps)?;
        is_identity::<Sparse>(&steps)?;
        is_identity::<Fields>(&steps)?;
        is_identity::<Envelope<Text>>(&steps)?;
        is_identity::<Envelope<Fields>>(&steps)?;
        is_identity::<Envelope<Envelope<OptionTree>>>(&steps)?;
        is_identity::<Parcel>(&steps)?;
    }

    #[test]
    fn borrowed_headers_are_those_of_their_owner(steps in steps()) {
        let mut owner = String::new();
        let mut model = Model::new();
        for step in &steps {
            let note = String::new();
            let mut lent = Lent { a: 1, header: &mut owner, note: &note };
            take(step, &mut lent, &mut model);
            prop_assert_eq!(&read(&lent), &model);
            let there: Text = through_json(&lent);
            prop_assert_eq!(&read(&there), &model);
            prop_assert_eq!((lent.a, lent.note), (1, ""));
        }

        prop_assert_eq!(&read(&owner), &model);
    }

    #[test]
    fn messages_with_equal_headers_are_equal_as_json(steps in steps()) {
        let (mut once, mut model) = (Sparse::default(), Model::new());
        for step in &steps {
            take(step, &mut once, &mut model);
        }
        for key in HEADERS {
            once.remove_header(key);
        }
        prop_assert_eq!(serde_json::to_string(&once).expect("JSON"), r#"{"a":0}"#);
    }
}

#[test]
fn header_without_a_field_is_not_written() {
    #[derive(Carrier, Default, PartialEq, Debug)]
    struct OnlyTrace {
        #[carrier(header = "sw8")]
        trace: String,
    }

    let mut message = OnlyTrace::default();
    message.set_header("sw8-correlation", "a:b");
    message.remove_header("sw8-x");

    assert_eq!(message, OnlyTrace::default());

    message.set_header("sw8", "1");
    assert_eq!(read(&message), Model::from([("sw8", "1".to_owned())]));
}
