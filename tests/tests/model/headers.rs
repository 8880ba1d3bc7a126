//! What goes along with a trace: headers that are written, held against what the model says of
//! them, and the pairs that a program sends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skywalking_runtime::{propagation::correlation, trace_id};

use super::executor::{Headers, World};
use super::plan::{KEYS, Value};
use super::reference::{Message, Ref};

/// The most that a value may have.
const LENGTH: usize = 128;

fn text(base64: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(base64).ok()?).ok()
}

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
}

/// Puts aside a message with the headers of where one is.
pub(crate) fn inject(world: &World) {
    let mut headers = Headers::new();
    skywalking_runtime::propagation::inject(&mut headers);
    let message = world.model().send();
    look_at_context(world, header(&headers, "sw8"), &message);
    look_at_pairs(world, header(&headers, "sw8-correlation"), &message);
    world.model().messages.push(message);
    world.put(headers);
}

fn look_at_context(world: &World, sw8: Option<&str>, message: &Message) {
    let (Some(header), Some(Ref { number, endpoint, peer, .. })) = (sw8, &message.context) else {
        if sw8.is_some() || message.context.is_some() {
            world.fault(format!("the header is {sw8:?} instead of {message:?}"));
        }
        return;
    };
    let parts: Vec<&str> = header.split('-').collect();
    let text = |at: usize| parts.get(at).and_then(|part| text(part));
    if text(1) != trace_id() || text(6).as_ref() != Some(endpoint) || text(7).as_ref() != Some(peer)
    {
        world.fault(format!(
            "the header is of {:?}, {:?} at {:?} instead of {message:?}",
            text(1),
            text(6),
            text(7)
        ));
    }
    match (text(2), parts.get(3).and_then(|id| id.parse().ok())) {
        (Some(segment), Some(span)) => world.note_sent((segment, span, *number)),
        parent => world.fault(format!("the header's parent is {parent:?}")),
    }
}

fn look_at_pairs(world: &World, header: Option<&str>, message: &Message) {
    let pairs = header.into_iter().flat_map(|header| header.split(','));
    let pairs: Vec<_> = pairs
        .filter_map(|pair| pair.split_once(':'))
        .map(|(key, value)| text(key).zip(text(value)))
        .collect();
    let expected: Vec<_> = message.pairs.iter().cloned().map(Some).collect();
    if pairs != expected {
        world.fault(format!("{pairs:?} is sent along instead of {expected:?}"));
    }
}

/// Sends a value along from here on.
pub(crate) fn put(world: &World, key: &str, value: Value) {
    let value = match value {
        Value::Another => world.model().name(),
        Value::None => String::new(),
        Value::TooLong => "x".repeat(LENGTH + 1),
    };
    let (put, expected) = (correlation::put(key, &value), world.model().put(key, &value));
    if put != expected {
        world.fault(format!("{key}={value} goes along: {put}"));
    }
    look(world);
}

/// Looks at what goes along here.
pub(crate) fn look(world: &World) {
    for key in KEYS {
        let (found, expected) = (correlation::get(key), world.model().get(key));
        if found != expected {
            world.fault(format!("{found:?} goes along as {key} instead of {expected:?}"));
        }
    }
}
