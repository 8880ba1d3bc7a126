//! The places that `inject` writes to: parameters by value and by `&mut`, fields, elements,
//! options, and expressions.

use std::collections::HashMap;

use skywalking_runtime::{Carrier, entry_span, exit_span};
use skywalking_trybuild::{block_on, spans};

#[derive(Carrier, Debug)]
struct Message {
    a: i32,
    #[carrier]
    header: String,
}

struct Envelope {
    messages: Vec<Message>,
    headers: Option<HashMap<String, String>>,
}

impl Envelope {
    fn headers(&mut self) -> &mut Option<HashMap<String, String>> {
        &mut self.headers
    }

    #[exit_span(name = "of self", peer = "a:1", inject = self.headers)]
    fn of_self(&mut self) -> usize {
        receive(&self.headers)
    }
}

#[entry_span(name = "receive", extract = carrier)]
fn receive(carrier: &impl skywalking_runtime::propagation::Extract) -> usize {
    carrier.header("sw8").map_or(0, |_| 1)
}

#[exit_span(name = "owned", peer = "a:1", inject = message)]
fn owned(mut message: Message) -> Result<i32, String> {
    assert_eq!(receive(&message), 1);
    message.header.clear();
    Ok(message.a)
}

#[exit_span(name = "owned later", peer = "a:1", inject = message)]
async fn owned_later(mut message: Message) -> i32 {
    assert_eq!(receive(&message), 1);
    message.header.clear();
    message.a
}

#[exit_span(name = "only injected", peer = "a:1", inject = message)]
async fn only_injected(mut message: Message) -> i32 {
    1
}

#[exit_span(name = "only injected and returned", peer = "a:1", inject = message)]
fn injected_and_returned(mut message: Message) -> Message {
    message
}

#[exit_span(name = "only injected, can fail", peer = "a:1", inject = message)]
fn injected_can_fail(mut message: Message) -> Result<Message, String> {
    Ok(message)
}

#[exit_span(name = "borrowed", peer = "a:1", inject = message)]
async fn borrowed(message: &mut Message) -> Result<i32, String> {
    Ok(message.a)
}

#[exit_span(name = "a field", peer = "a:1", inject = envelope.messages[0].header)]
fn a_field(envelope: &mut Envelope) -> usize {
    envelope.messages.len()
}

#[exit_span(name = "a reference", peer = "a:1", inject = &mut envelope.messages[0])]
async fn a_reference(mut envelope: Envelope) -> usize {
    receive(&envelope.messages[0])
}

#[exit_span(name = "a call", peer = "a:1", inject = envelope.headers())]
async fn a_call(envelope: &mut Envelope) -> usize {
    receive(&envelope.headers)
}

#[exit_span(name = "a pattern", peer = "a:1", inject = message)]
fn a_pattern((message, _): (&mut Message, u8)) -> usize {
    receive(message)
}

#[exit_span(name = "dyn", peer = "a:1", inject = carrier)]
fn object(carrier: &mut dyn skywalking_runtime::propagation::Inject) {
    carrier.remove_header("sw8-x");
}

fn message() -> Message {
    Message { a: 3, header: String::new() }
}

fn envelope() -> Envelope {
    Envelope { messages: vec![message()], headers: None }
}

#[test]
fn by_value_and_by_reference() {
    spans(|| {
        assert_eq!(owned(message()), Ok(3));
        assert_eq!(block_on(owned_later(message())), 3);
        assert_eq!(block_on(only_injected(message())), 1);
        assert_eq!(
            (injected_and_returned(message()).a, injected_can_fail(message()).unwrap().a),
            (3, 3)
        );
        let mut message = message();
        assert_eq!(block_on(borrowed(&mut message)), Ok(3));
        assert_eq!(receive(&message), 1);
    })
    .are(
        "
        Exit owned peer=a:1
          Entry receive ref=CrossProcess
        Exit owned later peer=a:1
          Entry receive ref=CrossProcess
        Exit only injected peer=a:1
        Exit only injected and returned peer=a:1
        Exit only injected, can fail peer=a:1
        Exit borrowed peer=a:1
          Entry receive ref=CrossProcess
        ",
    );
}

#[test]
fn expressions() {
    spans(|| {
        let mut envelope = envelope();
        assert_eq!(a_field(&mut envelope), 1);
        assert_eq!(receive(&envelope.messages[0].header), 1);
        assert_eq!(block_on(a_call(&mut envelope)), 1);
        envelope.headers = None;
        assert_eq!(envelope.of_self(), 1);
        assert_eq!(block_on(a_reference(envelope)), 1);
        let mut message = message();
        assert_eq!(a_pattern((&mut message, 1)), 1);
        object(&mut message);
        assert_eq!(receive(&message), 1);
    })
    .are(
        "
        Exit a field peer=a:1
          Entry receive ref=CrossProcess
        Exit a call peer=a:1
          Entry receive ref=CrossProcess
        Exit of self peer=a:1
          Entry receive ref=CrossProcess
        Exit a reference peer=a:1
          Entry receive ref=CrossProcess
        Exit a pattern peer=a:1
          Entry receive ref=CrossProcess
        Exit dyn peer=a:1
          Entry receive ref=CrossProcess
        ",
    );
}
