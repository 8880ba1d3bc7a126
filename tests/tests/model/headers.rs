//! Propagated data: compares the injected headers and the correlation context with the model.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skywalking_runtime::{propagation::correlation, trace_id};

use super::executor::{Executor, Headers};
use super::plan::{KEYS, Value};
use super::reference::{Message, Ref};

/// The maximum length of a value.
const LENGTH: usize = 128;

fn text(base64: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(base64).ok()?).ok()
}

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
}

/// Stores a message with the headers of the current span.
pub(crate) fn inject(executor: &Executor) {
    let mut headers = Headers::new();
    skywalking_runtime::propagation::inject(&mut headers);
    let message = executor.model().send();
    check_context(executor, header(&headers, "sw8"), &message);
    check_pairs(executor, header(&headers, "sw8-correlation"), &message);
    executor.model().messages.push(message);
    executor.put(headers);
}

fn check_context(executor: &Executor, sw8: Option<&str>, message: &Message) {
    let (Some(header), Some(Ref { number, endpoint, peer, .. })) = (sw8, &message.context) else {
        if sw8.is_some() || message.context.is_some() {
            executor.fault(format!("the header is {sw8:?} instead of {message:?}"));
        }
        return;
    };
    let parts: Vec<&str> = header.split('-').collect();
    let text = |at: usize| parts.get(at).and_then(|part| text(part));
    if text(1) != trace_id() || text(6).as_ref() != Some(endpoint) || text(7).as_ref() != Some(peer)
    {
        executor.fault(format!(
            "the header is of {:?}, {:?} at {:?} instead of {message:?}",
            text(1),
            text(6),
            text(7)
        ));
    }
    match (text(2), parts.get(3).and_then(|id| id.parse().ok())) {
        (Some(segment), Some(span)) => executor.note_sent((segment, span, *number)),
        parent => executor.fault(format!("the header's parent is {parent:?}")),
    }
}

fn check_pairs(executor: &Executor, header: Option<&str>, message: &Message) {
    let pairs = header.into_iter().flat_map(|header| header.split(','));
    let pairs: Vec<_> = pairs
        .filter_map(|pair| pair.split_once(':'))
        .map(|(key, value)| text(key).zip(text(value)))
        .collect();
    let expected: Vec<_> = message.pairs.iter().cloned().map(Some).collect();
    if pairs != expected {
        executor.fault(format!("{pairs:?} is sent instead of {expected:?}"));
    }
}

/// Puts a value into the correlation context.
pub(crate) fn put(executor: &Executor, key: &str, value: Value) {
    let value = match value {
        Value::Another => executor.model().name(),
        Value::None => String::new(),
        Value::TooLong => "x".repeat(LENGTH + 1),
    };
    let (put, expected) = (correlation::put(key, &value), executor.model().put(key, &value));
    if put != expected {
        executor.fault(format!("{key}={value} was put: {put}"));
    }
    look(executor);
}

/// Compares the correlation context with the model.
pub(crate) fn look(executor: &Executor) {
    for key in KEYS {
        let (found, expected) = (correlation::get(key), executor.model().get(key));
        if found != expected {
            executor.fault(format!("{key} is {found:?} instead of {expected:?}"));
        }
    }
}
