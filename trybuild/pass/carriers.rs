//! What a derived carrier reads and writes, and the places that `inject` takes.

use futures::executor::block_on;
use skywalking_runtime::{Carrier, Extract, Inject, entry_span, exit_span};

#[derive(Carrier)]
struct Message {
    a: i32,
    #[carrier]
    header: String,
}

#[derive(Carrier)]
struct Generic<'a, H, const N: usize>
where
    H: Clone,
{
    #[carrier]
    headers: H,
    rest: [&'a str; N],
}

type Text = String;

#[derive(Carrier)]
struct Parts {
    #[carrier(header = "sw8")]
    r#type: Text,
    #[carrier(header = "sw8-correlation")]
    correlation: Option<String>,
}

#[derive(Carrier)]
struct Received<'a> {
    #[carrier]
    headers: Readable<'a>,
}

struct Readable<'a>(&'a str);

impl Extract for Readable<'_> {
    fn header(&self, _: &str) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.0.into())
    }
}

struct Envelope {
    messages: Vec<Message>,
}

#[exit_span(peer = "a", inject = message)]
fn owned(mut message: Message) -> Result<i32, String> {
    message.header.clear();
    Ok(message.a)
}

#[exit_span(peer = "a", inject = message)]
async fn owned_later(mut message: Message) -> i32 {
    message.header.clear();
    message.a
}

#[exit_span(peer = "a", inject = message)]
async fn only_injected(mut message: Message) -> i32 {
    1
}

#[exit_span(peer = "a", inject = message)]
async fn borrowed(message: &mut Message) -> Result<i32, String> {
    message.header.clear();
    Ok(message.a)
}

#[exit_span(peer = "a", inject = envelope.messages[0].header)]
fn a_field(envelope: &mut Envelope) -> usize {
    envelope.messages.len()
}

#[exit_span(peer = "a", inject = &mut envelope.messages[0])]
async fn a_reference(mut envelope: Envelope) -> usize {
    envelope.messages.len()
}

#[exit_span(peer = "a", inject = parts)]
fn generic<H: Inject + Clone>(parts: &mut Generic<'_, H, 1>) -> usize {
    parts.rest[0].len()
}

#[entry_span(extract = &received)]
fn read_only(received: Received<'_>) -> usize {
    received.headers.0.len()
}

fn message() -> Message {
    Message { a: 3, header: String::new() }
}

fn main() {
    assert_eq!(owned(message()), Ok(3));
    assert_eq!(block_on(owned_later(message())), 3);
    assert_eq!(block_on(only_injected(message())), 1);
    assert_eq!(block_on(borrowed(&mut message())), Ok(3));
    assert_eq!(a_field(&mut Envelope { messages: vec![message()] }), 1);
    assert_eq!(block_on(a_reference(Envelope { messages: vec![message()] })), 1);
    assert_eq!(generic(&mut Generic { headers: String::new(), rest: ["x"] }), 1);
    assert_eq!(read_only(Received { headers: Readable("abc") }), 3);

    let mut parts = Parts { r#type: String::new(), correlation: None };
    parts.set_header("sw8", "1");
    parts.set_header("sw8-correlation", "2");
    parts.set_header("sw8-x", "3");
    let read = |parts: &Parts| ["sw8", "sw8-correlation", "sw8-x"].map(|key| parts.header(key).map(std::borrow::Cow::into_owned));
    assert_eq!(read(&parts), [Some("1".to_owned()), Some("2".to_owned()), None]);
    parts.remove_header("sw8");
    parts.remove_header("sw8-correlation");
    assert_eq!((read(&parts), parts.correlation), ([None, None, None], None));
}
