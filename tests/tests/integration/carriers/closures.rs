//! Closures as carriers, for header types of other crates such as `http` 0.2, AMQP and NATS.

use std::borrow::Cow;
use std::collections::BTreeMap;

use skywalking_runtime::{
    entry_span, exit_span, local_span, propagation,
    propagation::{Extract, Inject, correlation, inject},
    testing,
};

const SW8: &str = "1-dHJhY2UtMQ==-c2VnbWVudC0x-3-c2Vydmlj-aW5zdGFu-L3BhZ2Ux-c2VydmVyOjgw";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The headers of AMQP: values of several types, without a way to remove one.
#[derive(Clone, Debug, Default)]
struct FieldTable(BTreeMap<String, Value>);

#[derive(Clone, Debug)]
enum Value {
    Text(Vec<u8>),
    Number(i64),
}

impl FieldTable {
    fn text(&self, name: &str) -> Option<&[u8]> {
        match self.0.get(name)? {
            Value::Text(text) => Some(text),
            Value::Number(_) => None,
        }
    }
}

/// The headers of NATS: each name has several values.
#[derive(Default)]
struct HeaderMap(Vec<(String, Vec<String>)>);

#[entry_span(name = "consume", layer = mq, extract = propagation::getter(|name| table.text(name)))]
fn consume(table: &FieldTable) {}

#[entry_span(name = "consume each", layer = mq, extract_each = batch.iter().map(|table| propagation::getter(|name| table.text(name))))]
async fn consume_each(batch: &[FieldTable]) -> usize {
    batch.len()
}

#[exit_span(name = "produce", peer = "broker:5672", layer = mq, inject = propagation::setter(|name, value| {
    if let Some(value) = value {
        table.0.insert(name.to_owned(), Value::Text(value.into()));
    }
}))]
fn produce(table: &mut FieldTable) {}

#[exit_span(name = "publish", peer = "nats:4222", layer = mq, inject = propagation::setter(|name, value| {
    headers.0.retain(|(known, _)| known != name);
    if let Some(value) = value {
        headers.0.push((name.to_owned(), vec![value.to_owned()]));
    }
}))]
async fn publish(headers: &mut HeaderMap) {}

#[test]
fn closures_read_headers() {
    let text = |text: &str| Value::Text(text.into());
    let table = FieldTable(BTreeMap::from([
        ("sw8".to_owned(), text(SW8)),
        ("traceparent".to_owned(), text(PARENT)),
        ("sw8-x".to_owned(), Value::Number(7)),
    ]));
    let trees = testing::run(|| consume(&table));

    assert_eq!(trees[0].trace_id, "trace-1");
    assert_eq!(
        testing::text(&trees),
        "Entry consume layer=MQ ref=CrossProcess \
         {w3c.trace_id=4bf92f3577b34da6a3ce929d0e0e4736, w3c.parent_id=00f067aa0ba902b7}\n"
    );

    let batch = [
        table.clone(),
        FieldTable::default(),
        FieldTable(BTreeMap::from([("sw8".to_owned(), text(&SW8.replace("-3-", "-4-")))])),
    ];
    let trees = testing::run(|| assert_eq!(futures::executor::block_on(consume_each(&batch)), 3));

    assert_eq!(trees[0].root.refs.len(), 2);
}

#[test]
fn closures_write_headers_and_remove_them() {
    let mut table = FieldTable(BTreeMap::from([("mine".to_owned(), Value::Number(1))]));
    let mut headers = HeaderMap(vec![
        ("sw8-correlation".to_owned(), vec!["old".to_owned()]),
        ("mine".to_owned(), vec![]),
    ]);
    let trees = testing::run(|| {
        produce(&mut table);
        futures::executor::block_on(publish(&mut headers));
        consume(&table);
    });

    assert!(table.text("sw8").is_some_and(|value| value.starts_with(b"1-")));
    assert!(matches!(table.0["mine"], Value::Number(1)));
    assert_eq!(
        headers.0.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["mine", "sw8", "sw8-x"]
    );
    assert!(
        testing::text(&trees).contains("\n  Entry consume layer=MQ ref=CrossProcess"),
        "{}",
        testing::text(&trees)
    );
}

#[test]
fn closure_that_panics_or_returns_no_text_loses_the_header() {
    #[entry_span(name = "panics", extract = propagation::getter(|name| {
        assert_ne!(name, "sw8-correlation", "the closure is broken");
        (name == "sw8").then_some(SW8)
    }))]
    fn panics() {}
    #[entry_span(name = "bytes", extract = propagation::getter(|name| name.starts_with("sw8").then_some([0xff, 0xfe])))]
    fn bytes() {}

    let trees = testing::run(|| {
        panics();
        bytes();
    });

    assert_eq!(testing::text(&trees), "Entry panics ref=CrossProcess\nEntry bytes\n");
}

#[test]
fn closures_can_be_called_by_hand() {
    static CALL: skywalking_runtime::Callsite =
        skywalking_runtime::callsite!(exit, "call", peer = "other:1");

    let mut sent = Vec::new();
    testing::run(|| {
        skywalking_runtime::span(&CALL).run(|| {
            correlation::put("tenant", "blue");
            inject(&mut propagation::setter(|name, value| sent.push((name, value.map(str::len)))));
        });
    });
    sent.sort_unstable();

    assert!(
        matches!(sent[..], [("sw8", Some(_)), ("sw8-correlation", Some(_)), ("sw8-x", None)]),
        "{sent:?}"
    );
}

#[test]
fn writing_headers_is_not_recorded() {
    #[exit_span(name = "note", peer = "audit:1")]
    fn note(name: &str) -> bool {
        !name.is_empty()
    }
    #[derive(Default)]
    struct Message(usize);
    impl Inject for Message {
        fn set_header(&mut self, key: &str, _: &str) {
            self.0 += usize::from(note(key));
        }
        fn remove_header(&mut self, key: &str) {
            _ = note(key);
        }
    }
    #[exit_span(name = "by trait", peer = "other:1", inject = message)]
    fn by_trait(message: &mut Message) {}
    #[exit_span(name = "by closure", peer = "other:1", inject = propagation::setter(|name, _| _ = note(name)))]
    async fn by_closure() {}
    static CALL: skywalking_runtime::Callsite =
        skywalking_runtime::callsite!(exit, "by hand", peer = "other:1");
    let mut message = Message::default();
    let trees = testing::run(|| {
        skywalking_runtime::span(&CALL).run(|| {
            correlation::put("tenant", "blue");
            inject(&mut message);
            skywalking_runtime::current().tag("after", true);
        });
        by_trait(&mut message);
        futures::executor::block_on(by_closure());
        // Without a context no span is recorded either.
        inject(&mut message);
    });
    assert_eq!(
        testing::text(&trees),
        "Exit by hand peer=other:1 {after=true}\nExit by trait peer=other:1\nExit by closure peer=other:1\n"
    );
    assert_eq!(message.0, 3);
}

/// A span of the closure would start a trace, or a span, before the one that reads the headers.
#[test]
fn reading_headers_is_not_recorded() {
    #[entry_span(name = "look up")]
    fn look_up(name: &str) -> Option<&'static str> {
        (name == "sw8").then_some(SW8)
    }
    struct Message;
    impl Extract for Message {
        fn header(&self, key: &str) -> Option<Cow<'_, str>> {
            look_up(key).map(Cow::Borrowed)
        }
    }
    #[entry_span(name = "by closure", extract = propagation::getter(look_up))]
    fn by_closure() {}
    #[entry_span(name = "by trait", extract = Message)]
    async fn by_trait() {}
    #[entry_span(name = "each", extract_each = [Message, Message])]
    fn each() {}
    #[entry_span(name = "later", extract = Message, covers = future)]
    fn later() -> impl Future<Output = ()> {
        async {}
    }
    #[local_span(name = "work")]
    fn work(all: impl Fn()) {
        all();
    }
    let all = || {
        by_closure();
        futures::executor::block_on(by_trait());
        each();
        futures::executor::block_on(later());
    };
    let spans = ["by closure", "by trait", "each", "later"]
        .map(|name| format!("Entry {name} ref=CrossProcess\n"));
    assert_eq!(testing::text(&testing::run(all)), spans.concat());
    let children = spans.map(|span| format!("  {span}")).concat();
    assert_eq!(testing::text(&testing::run(|| work(all))), format!("Local work\n{children}"));
}
