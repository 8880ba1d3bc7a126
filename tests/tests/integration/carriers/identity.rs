//! Reading what was written is the identity: for every value that a header can hold, also when the
//! message has been JSON in between.

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

/// A header that is set, or removed.
type Step = (&'static str, Option<String>);

/// What the headers of any message must be.
type Model = BTreeMap<&'static str, String>;

/// Sets and removes of headers, with every visible ASCII character in the values.
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

/// The message goes through JSON after each step, and is the sum of the steps every time.
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

/// A message that is only lent its headers.
#[derive(Carrier, Serialize)]
struct Lent<'a, 'b: 'a> {
    a: i32,
    #[carrier]
    header: &'a mut String,
    note: &'b str,
}

proptest! {
    #[test]
    fn reading_what_was_written_is_the_identity_also_through_json(steps in steps()) {
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
    fn headers_that_are_lent_are_those_of_their_owner(steps in steps()) {
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
fn a_header_that_the_message_has_no_field_for_is_not_written() {
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
