//! Carriers in carriers: an envelope hands the headers to the message inside, whatever that is.

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

/// An envelope around any message, generic and with bounds of its own.
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

/// A message of a known type inside another, in a box.
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

/// Anything goes that can be read; who injects asks for more.
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

/// The headers' type is known to the protocol alone.
#[derive(Carrier)]
struct Framed<P: Protocol> {
    #[carrier]
    headers: P::Headers,
}

/// So many lines, of which only some numbers can be carriers.
#[derive(Debug, Default, PartialEq)]
struct Slots<const N: usize>(String);

impl Extract for Slots<3> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.0.header(key)
    }
}

/// Asked only of the number that is used.
#[derive(Carrier, Default)]
struct Slotted<const N: usize> {
    #[carrier]
    slots: Slots<N>,
}

#[test]
fn a_number_decides_whether_its_type_is_a_carrier() {
    let three = Slotted { slots: Slots::<3>("sw8:1".to_owned()) };
    assert_eq!(three.header("sw8").as_deref(), Some("1"));
    assert_eq!(Slotted::<4>::default().slots, Slots(String::new()));
}

#[test]
fn a_borrowed_message_can_be_read_through_its_envelope() {
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
fn the_type_of_the_headers_may_be_an_associated_one() {
    let mut framed: Framed<Lines> = Framed { headers: String::new() };
    framed.set_header("sw8", "1");
    assert_eq!((framed.headers.as_str(), framed.header("sw8").as_deref()), ("sw8:1", Some("1")));
}

#[test]
fn an_absent_message_is_not_made_up_and_the_loss_is_counted() {
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
