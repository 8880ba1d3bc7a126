//! Carriers in carriers: an envelope passes the headers to the message inside.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use skywalking_runtime::{
    Carrier,
    propagation::{Extract, Inject},
    testing,
};

use crate::carriers::identity::HEADERS;
use crate::carriers::messages::{Fields, Message, Text};

/// An envelope around any message, generic and with its own bounds.
#[derive(Carrier, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Envelope<M, const N: usize = 2>
where
    M: Debug,
{
    #[serde(skip)]
    stamps: [u8; 0],
    #[carrier]
    pub(crate) message: M,
}

impl<M: Message + Debug> Message for Envelope<M> {
    fn rest(&self) -> (i32, &str) {
        self.message.rest()
    }
}

/// A message of a known type inside another one, in a box.
#[derive(Carrier, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Parcel {
    #[carrier]
    #[serde(flatten)]
    inner: Box<Text>,
}

impl Message for Parcel {
    fn rest(&self) -> (i32, &str) {
        self.inner.rest()
    }
}

/// The bound for reading. A function that injects needs more.
#[derive(Carrier)]
struct Borrowed<'a, T: ?Sized> {
    #[carrier]
    inner: &'a T,
}

/// Both traits as one, for a trait object.
trait Headers: Extract + Inject {}

impl<T: Extract + Inject> Headers for T {}

#[derive(Carrier)]
struct Erased<'a> {
    #[carrier]
    inner: &'a mut (dyn Headers + 'a),
}

trait Protocol {
    type Headers;
}

struct Lines;

impl Protocol for Lines {
    type Headers = String;
}

/// Only the protocol knows the type of the headers.
#[derive(Carrier)]
struct Framed<P: Protocol> {
    #[carrier]
    headers: P::Headers,
}

/// A number of lines. Only some numbers are carriers.
#[derive(Debug, Default, PartialEq)]
struct Slots<const N: usize>(String);

impl Extract for Slots<3> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.0.header(key)
    }
}

/// Only the used number needs the bound.
#[derive(Carrier, Default)]
struct Slotted<const N: usize> {
    #[carrier]
    slots: Slots<N>,
}

#[test]
fn const_parameter_decides_whether_its_type_is_a_carrier() {
    let three = Slotted { slots: Slots::<3>("sw8:1".to_owned()) };

    assert_eq!(three.header("sw8").as_deref(), Some("1"));
    assert_eq!(Slotted::<4>::default().slots, Slots(String::new()));
}

#[test]
fn borrowed_message_can_be_read_through_its_envelope() {
    let text = Text { header: "sw8:1\nsw8-x:0".to_owned(), ..Text::default() };
    let borrowed = Borrowed { inner: &text };

    assert_eq!(HEADERS.map(|key| borrowed.header(key).is_some()), [true, false, true]);

    let unsized_one: Borrowed<'_, dyn Extract> = Borrowed { inner: &text };
    assert_eq!(unsized_one.header("sw8").as_deref(), Some("1"));
    assert_eq!(Borrowed { inner: "sw8:2" }.header("sw8").as_deref(), Some("2"));
}

#[test]
fn headers_are_written_through_a_trait_object() {
    let mut fields = Fields::default();
    let mut erased = Erased { inner: &mut fields };
    erased.set_header("sw8", "1");

    assert_eq!(erased.header("sw8").as_deref(), Some("1"));
    assert_eq!(fields, Fields { trace: "1".to_owned(), ..Fields::default() });
}

#[test]
fn type_of_the_headers_may_be_associated() {
    let mut framed: Framed<Lines> = Framed { headers: String::new() };
    framed.set_header("sw8", "1");

    assert_eq!((framed.headers.as_str(), framed.header("sw8").as_deref()), ("sw8:1", Some("1")));
}

#[test]
fn absent_message_is_not_created_and_counted_as_lost() {
    use skywalking_runtime::{
        exit_span,
        stats::{self, Diagnostic},
    };

    #[exit_span(name = "/call", peer = "stock:8080", inject = envelope)]
    fn call(envelope: &mut Envelope<Option<Text>>) {}

    let lost = || stats::read().count(Diagnostic::InjectNoCarrier);
    let mut envelope = Envelope::<Option<Text>>::default();
    let before = lost();
    testing::run(|| call(&mut envelope));

    assert_eq!(envelope.message, None);
    assert!(lost() > before);

    envelope.message = Some(Text::default());
    testing::run(|| call(&mut envelope));

    assert!(envelope.header("sw8").is_some());
}
