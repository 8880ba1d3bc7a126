//! Formats received traces as text: whole spans without ids and times, and with stable names
//! instead of addresses.

use std::fmt::Write as _;

use skywalking_collector::{SpanView, Topology, TraceView, view};

/// Formats a trace as a tree with one line for each span. Logs are shown by their keys, together
/// with violated rules of the protocol.
///
/// # Panics
/// Never, since writing to a string cannot fail.
pub fn tree(trace: &TraceView, name: impl Fn(&str) -> &'static str) -> String {
    let mut text = String::new();
    for branch in trace.tree() {
        let span = &trace.spans[branch.span];
        let broken = trace.violations.iter().filter(|broken| {
            (&broken.segment_id, broken.span_id) == (&span.segment_id, Some(span.span_id))
        });
        let line = broken.fold(line(span), |line, broken| format!("{line} BREAKS {}", broken.rule));
        writeln!(text, "{:indent$}{line}", "", indent = 2 * branch.depth)
            .expect("writing to a string cannot fail");
    }
    for broken in trace.violations.iter().filter(|broken| broken.span_id.is_none()) {
        writeln!(text, "{} BREAKS {}", broken.service_instance, broken.rule)
            .expect("writing to a string cannot fail");
    }
    named(&text, name)
}

/// Formats the calls between services.
pub fn map(topology: &Topology, name: impl Fn(&str) -> &'static str) -> String {
    named(&view::topology(topology, view::Style::plain()), name)
}

fn line(span: &SpanView) -> String {
    let mut words = vec![
        span.service_instance.clone(),
        span.span_type.to_owned(),
        span.operation_name.clone(),
        span.layer.to_owned(),
    ];
    words.push(format!("component={}", span.component_id));
    if !span.peer.is_empty() {
        words.push(format!("peer={}", span.peer));
    }
    let tags: Vec<_> = span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    words.push(format!("{{{}}}", tags.join(", ")));
    for link in &span.refs {
        let (parent, endpoint, address) = (
            &link.parent_service_instance,
            &link.parent_endpoint,
            &link.network_address_used_at_peer,
        );
        words.push(format!("<{} {parent} {endpoint} {address}>", link.ref_type));
    }
    for log in &span.logs {
        let keys: Vec<_> = log.data.iter().map(|field| field.key.as_str()).collect();
        words.push(format!("log={{{}}}", keys.join(", ")));
    }
    if span.is_error {
        words.push("ERROR".to_owned());
    }
    words.join(" ")
}

/// Replaces each address of this machine by its name in the test.
pub fn named(text: &str, name: impl Fn(&str) -> &'static str) -> String {
    let mut named = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("127.0.0.1:") {
        let digits =
            after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
        let (port, after) = after.split_at(digits);
        named.push_str(before);
        named.push_str(name(&format!("127.0.0.1:{port}")));
        rest = after;
    }
    named + rest
}
