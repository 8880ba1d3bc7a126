//! A batch: one ref for each message that has a context.

use skywalking_runtime::{Carrier, entry_span, exit_span, propagation::Extract};

use skywalking_trybuild::{block_on, spans};

#[derive(Carrier, Clone, Default)]
struct Message {
    #[carrier]
    header: String,
}

struct Batch {
    messages: Vec<Message>,
}

#[exit_span(name = "send", peer = "broker:1", inject = message, layer = rpc)]
fn send(message: &mut Message) {}

#[entry_span(name = "slice", extract_each = messages, layer = mq)]
fn slice(messages: &[Message]) -> usize {
    messages.len()
}

#[entry_span(name = "field", extract_each = &batch.messages, tags("len" = batch.messages.len()))]
async fn field(batch: Batch) -> Result<usize, String> {
    Ok(batch.messages.len())
}

#[entry_span(name = "mapped", extract_each = messages.iter().map(|(_, message)| &message.header))]
fn mapped(messages: &[(u8, Message)]) -> usize {
    messages.len()
}

#[entry_span(name = "generic", extract_each = messages.clone())]
fn generic<I>(messages: I) -> usize
where
    I: IntoIterator<Item: Extract> + Clone,
{
    messages.into_iter().count()
}

#[test]
fn adds_one_ref_for_each_producer() {
    spans(|| {
        let (mut a, mut b) = (Message::default(), Message::default());
        send(&mut a);
        send(&mut b);
        let messages = [a.clone(), a.clone(), Message::default(), b.clone()];
        assert_eq!(slice(&messages), 4);
        assert_eq!(block_on(field(Batch { messages: vec![b.clone(), a.clone()] })), Ok(2));
        assert_eq!(mapped(&[(1, a.clone())]), 1);
        assert_eq!(generic([&a, &b]), 2);
        assert_eq!(generic(Vec::<String>::new()), 0);
    })
    .are(
        "
        Exit send layer=RPCFramework peer=broker:1
          Entry field ref=CrossProcess ref=CrossProcess {len=2}
          Entry mapped ref=CrossProcess
        Exit send layer=RPCFramework peer=broker:1
          Entry slice layer=MQ ref=CrossProcess ref=CrossProcess
          Entry generic ref=CrossProcess ref=CrossProcess
        Entry generic
        ",
    );
}
